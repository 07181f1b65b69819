package rebuild

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// source is the tree that is built from.
type source struct {
	dir      string
	tree     *gosdk.Tree
	goEnv    []byte // the official text
	restored bool   // the tree's own was another
	h1       string // with the official go.env
}

// beside are the directories outside the hash that the archive has.
var beside = []string{"api", "doc", "misc", "test"}

func readSource(ctx context.Context, o Options) (*source, error) {
	tree, err := gosdk.ReadTree(ctx, o.GOROOT, gosdk.Release{})
	if err != nil {
		return nil, msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
	}
	for _, e := range append(tree.Odd, tree.Unreadable...) {
		return nil, msg.Errorf("build Go SDK from %s: %s: %w", "以 %s 构建 Go SDK：%s：%w", o.GOROOT, e.Name, e.Why).WithKind(msg.Findings)
	}
	goos, goarch := runtime.GOOS, runtime.GOARCH
	if tree.Release.GOOS != goos || tree.Release.GOARCH != goarch {
		return nil, msg.Errorf("build Go SDK from %s: it is for %s/%s and cannot run on this machine (%s/%s)", "以 %s 构建 Go SDK：它属于 %s/%s，无法在本机（%s/%s）运行",
			o.GOROOT, tree.Release.GOOS, tree.Release.GOARCH, goos, goarch)
	}
	s := &source{dir: o.GOROOT, tree: tree}
	if err := s.restoreGoEnv(); err != nil {
		return nil, err
	}
	s.h1 = tree.H1()
	if o.Vouched != "" && s.h1 != o.Vouched {
		return nil, msg.Errorf("build Go SDK from %s: its h1 is %s, but %s was vouched for", "以 %s 构建 Go SDK：其 h1 为 %s，而经证明的是 %s", o.GOROOT, s.h1, o.Vouched).WithKind(msg.Findings).
			WithHint("something in it was changed: unpack a fresh one; yingzao check --deep names the files", "其中的文件被改动过：请重新解压；yingzao check --deep 可指出是哪些文件")
	}
	return s, nil
}

// restoreGoEnv puts the official text into the tree's hash.
func (s *source) restoreGoEnv() error {
	text, err := os.ReadFile(filepath.Join(s.dir, "go.env"))
	if err != nil {
		return msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
	}
	official, ok := gosdk.RestoreGoEnv(text)
	if !ok {
		return msg.Errorf("build Go SDK from %s: its go.env was edited and the released text cannot be restored", "以 %s 构建 Go SDK：其 go.env 被改动过，且无法恢复发布时的内容", s.dir).WithKind(msg.Findings).
			WithHint("unpack a fresh SDK: with an edited go.env the outcome would have another hash", "请重新解压一份 SDK：go.env 被改动后，构建结果的哈希也会不同")
	}
	s.goEnv, s.restored = official, !bytes.Equal(official, text)
	for i := range s.tree.Files {
		if s.tree.Files[i].Name == "go.env" {
			s.tree.Files[i].Sum = sha256.Sum256(official)
		}
	}
	return nil
}

// stage copies what the build needs: all files of the hash but the programs, which
// are what it makes. It reports whether the directories beside were all there.
func (s *source) stage(ctx context.Context, to string) (whole bool, err error) {
	for _, f := range s.tree.Files {
		if strings.HasPrefix(f.Name, "bin/") || strings.HasPrefix(f.Name, "pkg/") || f.Name == "go.env" {
			continue
		}
		name := f.Name
		if dir, base := path.Split(name); base == "_go.mod" {
			name = dir + "go.mod"
		}
		if err := copyFile(ctx, filepath.Join(s.dir, filepath.FromSlash(s.tree.OnDisk(f.Name))), filepath.Join(to, filepath.FromSlash(name)), &f.Sum); err != nil {
			return false, err
		}
	}
	if err := os.WriteFile(filepath.Join(to, "go.env"), s.goEnv, 0o644); err != nil {
		return false, err
	}
	whole = true
	for _, name := range beside {
		err := s.stageBeside(ctx, name, to)
		if errors.Is(err, fs.ErrNotExist) {
			whole = false
		} else if err != nil {
			return false, err
		}
	}
	return whole, nil
}

func (s *source) stageBeside(ctx context.Context, name, to string) error {
	return filepath.WalkDir(filepath.Join(s.dir, name), func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() { // the archive has no links either
			return err
		}
		rel, err := filepath.Rel(s.dir, p)
		if err != nil {
			return err
		}
		return copyFile(ctx, p, filepath.Join(to, rel), nil)
	})
}

// copyFile copies a file that must have the sum, unless that is nil. Nothing in a
// release's sources has to be executable: make.bash is run by bash.
func copyFile(ctx context.Context, from, to string, sum *[sha256.Size]byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), in)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	if sum != nil && [sha256.Size]byte(h.Sum(nil)) != *sum {
		return msg.Errorf("%s changed while it was copied", "%s 在复制过程中发生变化", from)
	}
	return nil
}
