package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

const goEnv = "go.env"

// fromGoroot takes the SDK from somebody's GOROOT. Where all that is wrong is
// go.env, which distributions and images like to edit, its official text takes
// the place of what was found, and the proof says so.
func (f *finder) fromGoroot(ctx context.Context, dir string) (*SDK, error) {
	tree, err := gosdk.ReadTree(ctx, dir, gosdk.Release{})
	if err != nil {
		return nil, err
	}
	if f.abi == "" && tree.Release != f.want {
		return nil, msg.Errorf("use GOROOT %s: it is %s, not %s", "使用 GOROOT %s：它是 %s，而不是 %s", dir, tree.Release, f.want)
	}
	tree.Release = f.want
	s, err := f.fromTree(ctx, tree, dir, dir, "")
	if !isWrong(err) {
		return s, err
	}
	entries, replaced := restoreGoEnv(treeEntries(tree, dir), dir)
	if !replaced {
		return nil, err
	}
	s, err2 := newSDK(f.want, f.abi, dir, entries)
	if err2 != nil || f.vouch.judge(ctx, s, "") != nil {
		return nil, err // what is wrong with the tree as it is
	}
	s.Proof.Restored = []string{goEnv}
	return s, nil
}

// fromTree takes the SDK from a tree that lies in dir and is called source. sha256
// is that of the archive it came from; "" = not known.
func (f *finder) fromTree(ctx context.Context, tree *gosdk.Tree, dir, source, sha256 string) (*SDK, error) {
	switch {
	case len(tree.Unreadable) > 0:
		return nil, msg.Errorf("read SDK %s: %s: %w", "读取 SDK %s：%s：%w", source, tree.Unreadable[0].Name, tree.Unreadable[0].Why).WithKind(msg.Incomplete)
	case len(tree.Odd) > 0:
		return nil, msg.Errorf("read SDK %s: %q does not belong there: %w", "读取 SDK %s：其中不应有 %q：%w", source, tree.Odd[0].Name, tree.Odd[0].Why).WithKind(msg.Findings)
	}
	s, err := newSDK(f.want, f.abi, source, treeEntries(tree, dir))
	if err == nil {
		err = f.vouch.judge(ctx, s, sha256)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func treeEntries(tree *gosdk.Tree, dir string) []entry {
	entries := make([]entry, len(tree.Files))
	for i, file := range tree.Files {
		name := filepath.Join(dir, filepath.FromSlash(tree.OnDisk(file.Name)))
		entries[i] = entry{File: file, open: func() (io.ReadCloser, error) { return os.Open(name) }}
		if info, err := os.Lstat(name); err == nil { // if it is gone, opening it says so
			entries[i].size = info.Size()
		}
	}
	return entries
}

// restoreGoEnv puts the official go.env in place of an edited one.
func restoreGoEnv(entries []entry, dir string) ([]entry, bool) {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.Name == goEnv })
	if i < 0 || entries[i].size > 64<<10 {
		return nil, false
	}
	edited, err := os.ReadFile(filepath.Join(dir, goEnv))
	if err != nil {
		return nil, false
	}
	official, ok := gosdk.RestoreGoEnv(edited)
	if !ok {
		return nil, false
	}
	entries[i] = entry{File: gosdk.File{Name: goEnv, Sum: sha256.Sum256(official)}, size: int64(len(official)), open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(official)), nil
	}}
	return entries, true
}
