package preflight

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// repo is one repository with a working tree, opened for reading.
type repo struct {
	root      string // working tree
	gitDir    string // its own: HEAD, index
	commonDir string // shared by all working trees: objects, refs, config
	store     *objects
	config    settings
	shallow   map[plumbing.Hash]bool // commits whose parents are not here
	getenv    func(string) string
}

// locate finds the repository around dir as git does; nil when there is none.
func locate(dir string, getenv func(string) string) (*repo, error) {
	for p := dir; ; p = filepath.Dir(p) {
		r, err := openAt(p, getenv)
		if r != nil || err != nil {
			return r, err
		}
		if isGitDir(p) {
			return nil, msg.Errorf("read git repository %s: it is bare, without a working tree", "读取 git 仓库 %s：这是裸仓库，没有工作区", p).
				WithHint("clone it or add a working tree (git worktree add), and release from there", "请克隆它或添加工作区（git worktree add），再从那里发布")
		}
		if p == filepath.Dir(p) {
			return nil, nil
		}
	}
}

// openAt opens the repository whose working tree is rooted at root; nil when
// there is no .git there that git would take.
func openAt(root string, getenv func(string) string) (*repo, error) {
	gitDir, err := gitDirOf(root)
	if gitDir == "" || err != nil {
		return nil, err
	}
	r := &repo{root: root, gitDir: gitDir, commonDir: gitDir, getenv: getenv}
	if b, err := os.ReadFile(filepath.Join(gitDir, "commondir")); err == nil {
		r.commonDir = absFrom(gitDir, strings.TrimSpace(string(b)))
	}
	if r.config, err = readSettings(r, getenv); err != nil {
		return nil, err
	}
	if err := r.supported(); err != nil {
		return nil, err
	}
	r.store = openObjects(gitDir, r.commonDir, 0)
	shallow, err := r.store.Shallow()
	if err != nil {
		r.close()
		return nil, wrapGit(root, err)
	}
	r.shallow = make(map[plumbing.Hash]bool, len(shallow))
	for _, h := range shallow {
		r.shallow[h] = true
	}
	return r, nil
}

func (r *repo) close() { r.store.close() }

// gitDirOf returns the repository folder of a working tree: .git itself, or
// what the .git file of a linked working tree or submodule names.
func gitDirOf(root string) (string, error) {
	p := filepath.Join(root, ".git")
	fi, err := os.Stat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", wrapGit(root, err)
	case fi.IsDir():
		if isGitDir(p) {
			return p, nil
		}
		return "", nil
	case !fi.Mode().IsRegular():
		return "", nil
	}
	b, err := os.ReadFile(p)
	if err != nil {
		return "", wrapGit(root, err)
	}
	name, ok := strings.CutPrefix(string(b), "gitdir:")
	target := absFrom(root, strings.TrimSpace(name))
	if !ok || !isGitDir(target) {
		return "", msg.Errorf("read git repository %s: the file .git does not name a repository", "读取 git 仓库 %s：.git 文件没有指向仓库", root).
			WithHint("repair it with git worktree repair or git submodule update --init", "请用 git worktree repair 或 git submodule update --init 修复")
	}
	return target, nil
}

// isGitDir reports what git's own test does: HEAD, objects and refs, the last
// two possibly elsewhere.
func isGitDir(p string) bool {
	if _, err := os.Lstat(filepath.Join(p, "HEAD")); err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(p, "commondir")); err == nil {
		return true
	}
	for _, sub := range []string{"objects", "refs"} {
		if fi, err := os.Stat(filepath.Join(p, sub)); err != nil || !fi.IsDir() {
			return false
		}
	}
	return true
}

// supported refuses formats in which we would read something wrong.
func (r *repo) supported() error {
	if r.config.isTrue("core.bare", false) && r.gitDir == r.commonDir {
		return msg.Errorf("read git repository %s: it is bare (core.bare=true)", "读取 git 仓库 %s：这是裸仓库（core.bare=true）", r.root).
			WithHint("git config core.bare false, if the folder really is a working tree", "如果该目录确实是工作区：git config core.bare false")
	}
	refuse := func(what string) error {
		return msg.Errorf("read git repository %s: %s is not supported", "读取 git 仓库 %s：不支持 %s", r.root, what).
			WithHint("release from a plain SHA-1 clone, or from the exported files (git archive) with --version", "请从普通的 SHA-1 克隆发布，或从导出的文件（git archive）加 --version 发布")
	}
	if v := r.config.get("core.repositoryformatversion"); v != "" && v != "0" && v != "1" {
		return refuse("core.repositoryFormatVersion=" + v)
	}
	for key, values := range r.config {
		name, ok := strings.CutPrefix(key, "extensions.")
		if !ok {
			continue
		}
		value := values[len(values)-1]
		switch name {
		case "objectformat":
			if value != "sha1" {
				return refuse("extensions.objectFormat=" + value)
			}
		case "refstorage":
			if value != "files" {
				return refuse("extensions.refStorage=" + value)
			}
		case "noop", "noop-v1", "partialclone", "preciousobjects", "worktreeconfig", "relativeworktrees":
		default:
			if r.config.get("core.repositoryformatversion") == "1" {
				return refuse("extensions." + name)
			}
		}
	}
	return nil
}

// objects is a repository's storage with its alternates. (go-git resolves
// relative alternates against the wrong folder.)
type objects struct {
	*filesystem.Storage
	alternates []*objects
	packs      string // folder of the packs
}

func openObjects(gitDir, commonDir string, depth int) *objects {
	fsys := dotgit.NewRepositoryFilesystem(osfs.New(gitDir, osfs.WithBoundOS()), osfs.New(commonDir, osfs.WithBoundOS()))
	o := &objects{
		Storage: filesystem.NewStorageWithOptions(fsys, cache.NewObjectLRUDefault(), filesystem.Options{ExclusiveAccess: true}),
		packs:   filepath.Join(commonDir, "objects", "pack"),
	}
	b, err := os.ReadFile(filepath.Join(commonDir, "objects", "info", "alternates"))
	if err != nil || depth == 5 { // git's own limit
		return o
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		dir := filepath.Dir(absFrom(filepath.Join(commonDir, "objects"), line))
		o.alternates = append(o.alternates, openObjects(dir, dir, depth+1))
	}
	return o
}

// EncodedObject looks in the repository, then in its alternates.
func (o *objects) EncodedObject(t plumbing.ObjectType, h plumbing.Hash) (plumbing.EncodedObject, error) {
	obj, err := o.Storage.EncodedObject(t, h)
	if err == nil {
		return obj, nil
	}
	for _, a := range o.alternates {
		if obj, err := a.EncodedObject(t, h); err == nil {
			return obj, nil
		}
	}
	return nil, err
}

func (o *objects) close() {
	o.Storage.Close()
	for _, a := range o.alternates {
		a.close()
	}
}

func absFrom(base, p string) string {
	p = filepath.FromSlash(p)
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(base, p)
}
