package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// hashTree digests every file below dir that a build could read: names,
// executable bits and contents, in order. Left out are version control folders,
// nested modules (the go command does not look into them), caches (hidden folders
// with a CACHEDIR.TAG, as a pipeline keeps them in its checkout) and the paths in skip.
// It covers more than one build needs, so an equal digest means equal inputs.
func hashTree(ctx context.Context, dir string, skip ...string) (string, error) {
	type file struct {
		name string
		sum  [sha256.Size]byte
	}
	var files []*file
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if gctx.Err() != nil {
			return gctx.Err()
		}
		if slices.Contains(skip, path) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			if path != dir && (isVCS(d.Name()) || exists(filepath.Join(path, "go.mod")) || isCache(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() && d.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f := &file{name: filepath.ToSlash(rel)}
		files = append(files, f)
		g.Go(func() (err error) { f.sum, err = hashOne(path, d); return err })
		return nil
	})
	if err := msg.Join(g.Wait(), err); err != nil {
		return "", msg.Errorf("read sources in %s: %w", "读取 %s 中的源码：%w", dir, err)
	}
	h := sha256.New()
	for _, f := range files { // WalkDir is in lexical order
		fmt.Fprintf(h, "%x  %s\n", f.sum, f.name)
	}
	return sum(h), nil
}

func hashOne(path string, d fs.DirEntry) (out [sha256.Size]byte, err error) {
	h := sha256.New()
	if d.Type()&fs.ModeSymlink != 0 {
		to, err := os.Readlink(path)
		if err != nil {
			return out, err
		}
		fmt.Fprintf(h, "link %s\n", to)
		if fi, err := os.Stat(path); err != nil || !fi.Mode().IsRegular() {
			return [sha256.Size]byte(h.Sum(nil)), nil // the go command ignores links to folders
		}
	}
	f, err := os.Open(path)
	if err != nil {
		return out, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return out, err
	}
	fmt.Fprintf(h, "file %t\n", fi.Mode()&0o111 != 0)
	if _, err := io.Copy(h, f); err != nil {
		return out, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// hashModFiles digests go.mod and go.sum, which name every dependency's bytes.
func hashModFiles(dir string) (string, error) {
	h := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil && !(os.IsNotExist(err) && name == "go.sum") {
			return "", msg.Errorf("read %s: %w", "读取 %s：%w", name, err).
				WithHint("run yingzao in the folder of a Go module, the one with go.mod", "请在 Go 模块目录（含 go.mod）中运行 yingzao")
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(b), b)
	}
	return sum(h), nil
}

func sum(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

func isVCS(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".bzr", ".jj":
		return true
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// within reports whether path is dir or lies below it.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
