package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// archiveLimits hold any release's archive with room, and nothing much larger.
var archiveLimits = archive.Limits{Entries: 2 * maxFiles, Total: maxBytes, File: maxFile}

// record says which archive a tree of the cache was unpacked from, for callers who
// pinned the archive. The cache is its owner's alone, and so is this.
type record struct {
	H1     string `json:"h1"`
	SHA256 string `json:"sha256"`
}

// fromCachedTree takes the SDK from what was unpacked into our cache.
func (f *finder) fromCachedTree(ctx context.Context) (*SDK, error) {
	dir := f.cached(f.treeName())
	if _, err := os.Lstat(dir); err != nil {
		return nil, errNone
	}
	tree, err := gosdk.ReadTree(ctx, dir, f.want)
	if err != nil {
		return nil, err
	}
	var rec record
	if b, err := os.ReadFile(dir + ".json"); err == nil {
		_ = json.Unmarshal(b, &rec) // unreadable: as if it were not there
	}
	if rec.SHA256 != "" && rec.H1 != tree.H1() {
		return nil, msg.Errorf("verify %s: it was changed since it was unpacked", "验证 %s：解压之后被改动过", dir).WithKind(msg.Findings)
	}
	return f.fromTree(ctx, tree, dir, dir, rec.SHA256)
}

// fromArchive unpacks an archive into our cache, where a tree appears only when it
// is complete and vouched for. The caller holds the tree's lock. source is what
// the archive is called.
func (f *finder) fromArchive(ctx context.Context, name, source string) (*SDK, error) {
	if f.o.SHA256 == "" {
		if _, _, err := f.vouch.files(ctx); err != nil {
			return nil, err
		}
	}
	sum, err := f.pinned(name, source)
	if err != nil {
		return nil, err
	}
	dir := f.cached(f.treeName())
	stage := dir + ".part" // if it is there, of a killed process: the lock is ours now
	defer func() { _ = os.RemoveAll(stage) }()
	if err = os.RemoveAll(stage); err == nil {
		err = unpack(ctx, name, f.archiveKind().format, stage)
	}
	if err != nil {
		return nil, space(msg.Errorf("unpack %s: %w", "解压 %s：%w", source, err), f.o.Cache)
	}
	tree, err := gosdk.ReadTree(ctx, stage, f.want)
	if err != nil {
		return nil, msg.Errorf("unpack %s: %w", "解压 %s：%w", source, err).WithKind(msg.Findings) // it holds no Go
	}
	s, err := f.fromTree(ctx, tree, stage, source, sum)
	if err != nil {
		return nil, err
	}
	if err := replaceTree(stage, dir, record{H1: s.H1, SHA256: sum}); err != nil {
		return nil, msg.Errorf("unpack %s: %w", "解压 %s：%w", source, err)
	}
	return f.fromTree(ctx, tree, dir, source, sum)
}

// pinned sums an archive and refuses another one than is pinned before anything of
// it is looked at.
func (f *finder) pinned(name, source string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", msg.Errorf("read %s: %w", "读取 %s：%w", source, err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", msg.Errorf("read %s: %w", "读取 %s：%w", source, err)
	}
	hexed := hex.EncodeToString(sum.Sum(nil))
	return hexed, f.vouch.archive(source, hexed)
}

// unpack writes the files of an archive that the module has too below dir. What is
// wrong with the archive is an error of kind msg.Findings.
func unpack(ctx context.Context, name string, format archive.Format, dir string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	w, err := newWriter(dir)
	if err != nil {
		return err
	}
	var disk error // of writing, as opposed to the archive's
	buf := make([]byte, 256<<10)
	err = archive.Walk(ctx, file, format, archiveLimits, func(h archive.Header, content io.Reader) error {
		rel, ok := strings.CutPrefix(h.Name, "go/")
		switch {
		case h.Mode.IsDir() || ok && gosdk.LeftOut(rel):
			return nil
		case !ok || path.Base(rel) == "_go.mod":
			return msg.Errorf("%q is not what an archive of Go holds", "%q 不是 Go 安装包应有的内容", h.Name)
		}
		read := &failing{r: content}
		err := w.write(rel, read, buf)
		if err != nil && read.err == nil {
			disk = err
		}
		return err
	})
	if err != nil && disk == nil && ctx.Err() == nil {
		err = damaged(err)
	}
	return err
}

// failing remembers why reading failed.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// replaceTree gives the unpacked tree its name, and then its record.
func replaceTree(stage, dir string, rec record) error {
	b, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	if err := removeTree(dir); err != nil {
		return err
	}
	if err := os.Rename(stage, dir); err != nil {
		return err
	}
	return os.WriteFile(dir+".json", append(b, '\n'), 0o600)
}

func removeTree(dir string) error {
	return msg.Join(ignoreAbsent(os.Remove(dir+".json")), os.RemoveAll(dir))
}

func ignoreAbsent(err error) error {
	if isAbsent(err) {
		return nil
	}
	return err
}
