package vcs

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// lineEnds is what git does to a file on its way out of the repository, under
// core.autocrlf=input and core.eol=lf, which the go command sets.
type lineEnds int

const (
	asTheyAre lineEnds = iota
	toCRLF             // every lone LF becomes CRLF
	autoCRLF           // so too, but not in a file that is binary or has a CR already
)

// lineEnds follows from text, its old name crlf, and eol. Only eol=crlf changes
// anything: line ends are never made shorter on the way out.
func (h handling) lineEnds() lineEnds {
	text := h.text
	if text != attrTrue && text != attrFalse && text != "auto" && text != "input" {
		text = h.crlf
	}
	switch {
	case h.eol != "crlf" || text == attrFalse:
		return asTheyAre
	case text == "auto":
		return autoCRLF
	}
	return toCRLF
}

// recodes reports whether working-tree-encoding asks for something else than what
// the repository holds.
func (h handling) recodes() bool {
	switch h.encoding {
	case attrUnset, attrFalse:
		return false
	}
	return !strings.EqualFold(h.encoding, "utf-8") && !strings.EqualFold(h.encoding, "utf8")
}

// plain reports whether a file stays as it is.
func (h handling) plain() bool {
	return h.lineEnds() == asTheyAre && h.ident != attrTrue && !h.recodes() && h.filter != "lfs"
}

// maxIdent limits files with ident: they are read into memory.
const maxIdent = 64 << 20

// conversion is how a file's content is opened instead, nil = as it is, and by how
// much it is longer then.
func (h handling) conversion(hash plumbing.Hash, size int64, open func() (io.ReadCloser, error), lfs LFS) (convert func() (io.ReadCloser, error), added int64, err error) {
	refuse := func(en, zh string, args ...any) error {
		return &classed{proxy.ErrBlocked, msg.Errorf(en, zh, args...)}
	}
	if h.recodes() && size > 0 {
		return nil, 0, refuse("the attribute working-tree-encoding is not supported: what it yields depends on the host", "不支持 working-tree-encoding 属性：其结果取决于所在主机")
	}
	if h.filter == "lfs" && lfs != LFSPointer && size <= maxPointer {
		data, err := readAll(open, size)
		if err != nil {
			return nil, 0, err
		}
		if isPointer(data) {
			err := msg.Errorf("a Git LFS pointer, whose file the go command takes or not depending on its host", "这是 Git LFS 指针文件；go 命令是否取得其真实内容取决于所在主机").WithHint(
				"set lfs: pointer for this prefix to take the pointer itself, or keep the file out of the module", "可为该前缀设置 lfs: pointer 以直接采用指针，或把该文件移出模块")
			return nil, 0, &classed{proxy.ErrBlocked, err}
		}
	}
	if h.ident == attrTrue {
		if size > maxIdent {
			return nil, 0, refuse("the attribute ident on a file of %d bytes", "对 %d 字节的文件使用了 ident 属性", size)
		}
		data, err := readAll(open, size)
		if err != nil {
			return nil, 0, err
		}
		if expanded := expandIdent(data, hash.String()); !bytes.Equal(expanded, data) {
			added = int64(len(expanded)) - size
			open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(expanded)), nil }
			convert = open
		}
	}
	if ends := h.lineEnds(); ends != asTheyAre {
		st, err := count(open)
		if err != nil {
			return nil, 0, err
		}
		if st.lone > 0 && (ends == toCRLF || !st.keep()) {
			added += st.lone
			inner := open
			convert = func() (io.ReadCloser, error) {
				rc, err := inner()
				if err != nil {
					return nil, err
				}
				return struct {
					io.Reader
					io.Closer
				}{&crlfReader{r: bufio.NewReader(rc)}, rc}, nil
			}
		}
	}
	return convert, added, nil
}

func readAll(open func() (io.ReadCloser, error), size int64) ([]byte, error) {
	rc, err := open()
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return io.ReadAll(io.LimitReader(rc, size+1))
}

// maxPointer is the size under which Git LFS takes a file for a pointer.
const maxPointer = 1024

func isPointer(data []byte) bool {
	return bytes.HasPrefix(data, []byte("version https://git-lfs.github.com/spec/")) || bytes.HasPrefix(data, []byte("version https://hawser.github.com/spec/"))
}

// expandIdent puts the file's hash into each $Id$. One that is filled in already is
// filled in anew, but not one with words in it, which another program wrote.
func expandIdent(data []byte, hash string) []byte {
	var out []byte
	for {
		i := bytes.Index(data, []byte("$Id"))
		if i < 0 {
			return append(out, data...)
		}
		out = append(out, data[:i+1]...)
		data = data[i+1:]
		rest := data[2:]
		switch {
		case bytes.HasPrefix(rest, []byte("$")):
			rest = rest[1:]
		case bytes.HasPrefix(rest, []byte(":")):
			end := bytes.IndexByte(rest[1:], '$')
			if end < 0 {
				return append(out, data...)
			}
			inner := rest[1 : 1+end]
			if bytes.IndexByte(inner, '\n') >= 0 {
				continue
			}
			if len(inner) > 0 {
				if sp := bytes.IndexByte(inner[1:], ' '); sp >= 0 && sp+1 < len(inner)-1 {
					continue
				}
			}
			rest = rest[end+2:]
		default:
			continue
		}
		out = append(append(append(out, "Id: "...), hash...), " $"...)
		data = rest
	}
}

// stats are what git judges text by.
type stats struct{ nul, cr, crlf, lone, printable, other int64 }

// count reads a file through.
func count(open func() (io.ReadCloser, error)) (st stats, err error) {
	rc, err := open()
	if err != nil {
		return st, err
	}
	defer rc.Close()
	r := bufio.NewReaderSize(rc, 64<<10)
	var prev byte
	for {
		c, err := r.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return st, err
		}
		if prev == '\r' && c != '\n' {
			st.cr++
		}
		switch {
		case c == '\n' && prev == '\r':
			st.crlf++
		case c == '\n':
			st.lone++
		case c == '\r':
		case c == 0:
			st.nul++
			st.other++
		case c == '\b' || c == '\t' || c == 0x1b || c == '\f':
			st.printable++
		case c < ' ' || c == 0x7f:
			st.other++
		default:
			st.printable++
		}
		prev = c
	}
	switch prev {
	case '\r':
		st.cr++
	case 0x1a: // the end-of-file mark of DOS
		st.other--
	}
	return st, nil
}

// keep reports whether a file whose kind nobody says is left alone: it has carriage
// returns, or it is binary.
func (st stats) keep() bool {
	return st.cr > 0 || st.crlf > 0 || st.nul > 0 || st.printable>>7 < st.other
}

// crlfReader puts a carriage return before each line feed that has none.
type crlfReader struct {
	r    *bufio.Reader
	prev byte
	owed bool // a line feed, whose carriage return was given
}

func (c *crlfReader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if c.owed {
			p[n], c.prev, c.owed = '\n', '\n', false
			n++
			continue
		}
		b, err := c.r.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		if b == '\n' && c.prev != '\r' {
			b, c.owed = '\r', true
		}
		p[n], c.prev = b, b
		n++
	}
	return n, nil
}
