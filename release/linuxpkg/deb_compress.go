package linuxpkg

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	kgzip "github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// A deb is an ar archive of three members: debian-binary, control.tar.gz and
// data.tar with the suffix of its compression.
const (
	arMagic  = "!<arch>\n"
	arHeader = 60 // name 16, time 12, owner 6, group 6, mode 8, size 10, "`\n"
)

// compressDeb copies the uncompressed deb that nfpm made, with the control
// archive and the data compressed by libraries whose output does not change
// with the Go version.
func compressDeb(ctx context.Context, raw []byte, compression string) ([]byte, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(arMagic))
	if !ok {
		return nil, errDeb("no ar archive", "不是 ar 归档")
	}
	out := bytes.NewBufferString(arMagic)
	for len(rest) > 0 {
		m, next, err := nextMember(rest)
		if err != nil {
			return nil, err
		}
		name, body := m.name, m.body
		switch name {
		case "control.tar.gz":
			body, err = recompress(ctx, body)
		case "data.tar":
			var suffix string
			body, suffix, err = compress(ctx, body, compression)
			name += suffix
		}
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "%-16s%-12s%-6d%-6d%-8s%-10d`\n", name, m.time, 0, 0, "100644", len(body))
		out.Write(body)
		if len(body)%2 == 1 {
			out.WriteByte('\n')
		}
		rest = next
	}
	return out.Bytes(), nil
}

// arMember is one file of an ar archive; all but its body is text as it stands there.
type arMember struct {
	name, time, owner, group, mode string
	body                           []byte
}

func nextMember(b []byte) (m arMember, rest []byte, err error) {
	if len(b) < arHeader {
		return m, nil, errDeb("short member header", "成员头不完整")
	}
	field := func(from, to int) string { return strings.TrimRight(string(b[from:to]), " ") }
	size, err := strconv.Atoi(field(48, 58))
	if err != nil || size < 0 || size > len(b)-arHeader {
		return m, nil, errDeb("bad member size", "成员大小不合法")
	}
	m = arMember{field(0, 16), field(16, 28), field(28, 34), field(34, 40), field(40, 48), b[arHeader : arHeader+size]}
	rest = b[arHeader+size:]
	if size%2 == 1 && len(rest) > 0 {
		rest = rest[1:]
	}
	return m, rest, nil
}

func recompress(ctx context.Context, gz []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(gz))
	if err != nil {
		return nil, errDeb("%w", "%w", err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, errDeb("%w", "%w", err)
	}
	body, _, err := compress(ctx, plain, "")
	return body, err
}

// compress returns b compressed, and the suffix that says how. The setting has
// been validated.
func compress(ctx context.Context, b []byte, setting string) (out []byte, suffix string, err error) {
	if setting == "" {
		setting = defaultGzip
	}
	kind, level, _ := strings.Cut(setting, ":")
	n, _ := strconv.Atoi(level)
	var buf bytes.Buffer
	var w io.WriteCloser
	switch kind {
	case "none":
		return b, "", nil
	case "gzip":
		if n == 0 {
			n = 9
		}
		gz, gzErr := kgzip.NewWriterLevel(&buf, n)
		if gzErr == nil {
			gz.ModTime = time.Unix(0, 0) // its zero time is written as one in 2042
		}
		w, suffix, err = gz, ".gz", gzErr
	case "xz":
		w, err = xz.NewWriter(&buf)
		suffix = ".xz"
	case "zstd":
		l := zstd.SpeedBetterCompression
		if n > 0 {
			l = zstd.EncoderLevelFromZstd(n)
		}
		w, err = zstd.NewWriter(&buf, zstd.WithEncoderLevel(l), zstd.WithEncoderConcurrency(1))
		suffix = ".zst"
	default:
		err = fmt.Errorf("compression %q", setting)
	}
	if err != nil {
		return nil, "", errDeb("%w", "%w", err)
	}
	if _, err := io.Copy(w, &reader{ctx, bytes.NewReader(b)}); err != nil {
		return nil, "", err // cancelled: closing would compress what is left
	}
	if err := w.Close(); err != nil {
		return nil, "", errDeb("%w", "%w", err)
	}
	return buf.Bytes(), suffix, nil
}

// reader stops a copy when ctx is cancelled.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func errDeb(en, zh string, args ...any) error {
	return msg.Errorf("compress deb: %w", "压缩 deb：%w", msg.Errorf(en, zh, args...))
}
