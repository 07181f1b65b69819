package rebuild

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// GoProxy is the source "the module, as GOPROXY serves it".
const GoProxy = "goproxy"

// Source is where the source came from.
type Source struct {
	Kind   string `json:"kind"`             // "git", "goproxy" or "folder"
	From   string `json:"from"`             // address, module@version or folder; no secrets
	Commit string `json:"commit,omitempty"` // of git; of goproxy what the proxy says, unproven
	H1     string `json:"h1,omitempty"`     // of a module, as the go command verified it
}

// source brings the sources into a folder, root, below work, or finds them, with the
// module in dir, and says whether it has proven that they are the plan's.
func (j *job) source(ctx context.Context, p *release.Plan) (root, dir string, proven bool, err error) {
	root, proven, err = j.tree(ctx, p)
	if err != nil {
		return "", "", false, err
	}
	dir, err = findModule(root, p.Module)
	return root, dir, proven, err
}

func (j *job) tree(ctx context.Context, p *release.Plan) (root string, proven bool, err error) {
	from := j.o.Source
	if from == "" {
		from = GoProxy
		if git := provenance.GitURL(p.Remote); git != "" && p.Commit != "" && j.hasGit() {
			from = git
		}
	}
	switch fi, statErr := os.Stat(from); {
	case from == GoProxy:
		root, err = j.module(ctx, p)
		return root, true, err
	case statErr == nil && fi.IsDir():
		if _, err := os.Stat(filepath.Join(from, ".git")); err != nil || p.Commit == "" || p.Sources != "" || !j.hasGit() {
			j.r.Source = Source{Kind: "folder", From: from}
			return from, false, nil
		}
		abs, err := filepath.Abs(from)
		if err != nil {
			return "", false, err
		}
		root, err = j.clone(ctx, abs, p)
		return root, false, err
	case strings.HasPrefix(from, "-"):
		return "", false, msg.Errorf("rebuild: %q is no source", "重建：%q 不是源码位置", from).WithKind(msg.Usage)
	case strings.Contains(from, "://") || strings.Contains(from, ":"):
		root, err = j.clone(ctx, from, p)
		return root, false, err
	}
	return "", false, msg.Errorf("rebuild: %q is neither a folder nor a git address", "重建：%q 既不是目录也不是 git 地址", from).WithKind(msg.Usage).
		WithHint("--source takes a folder, a git URL, or goproxy", "--source 可为目录、git 地址或 goproxy")
}

func (j *job) hasGit() bool {
	_, err := exec.LookPath("git")
	return err == nil
}

// clone checks the plan's commit out. Git itself proves that the files are that
// commit's.
func (j *job) clone(ctx context.Context, url string, p *release.Plan) (string, error) {
	shown := httpx.Redact(url)
	j.r.Source = Source{Kind: "git", From: shown, Commit: p.Commit}
	if p.Commit == "" {
		return "", msg.Errorf("rebuild: the release names no commit, so no repository has its source", "重建：该发布没有记录提交，无法从仓库取得源码").WithKind(msg.Incomplete).
			WithHint("give the folder with the files: --source DIR", "请给出源码目录：--source DIR")
	}
	if j.o.Offline && strings.Contains(url, "://") {
		return "", msg.Errorf("rebuild: %s cannot be cloned offline", "重建：离线时无法克隆 %s", shown).WithKind(msg.Incomplete)
	}
	dir := filepath.Join(j.work, "source")
	checkout := []string{"-C", dir, "checkout", "-q", "--detach", p.Commit, "--"}
	err := j.git(ctx, "clone", "-q", "--no-checkout", "--", url, dir)
	if err == nil && j.git(ctx, checkout...) != nil && ctx.Err() == nil {
		// No branch and no tag holds the commit any more; it may still be had by its name.
		if err = j.git(ctx, "-C", dir, "fetch", "-q", "origin", p.Commit); err == nil {
			err = j.git(ctx, checkout...)
		}
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", msg.Errorf("rebuild: take commit %s from %s: %w", "重建：从 %[2]s 取得提交 %[1]s：%[3]w", p.Commit, shown, err).WithKind(msg.Incomplete).
			WithHint("the commit has to be there; or take --source goproxy or --source DIR", "仓库中须有该提交；也可用 --source goproxy 或 --source DIR")
	}
	return dir, nil
}

func (j *job) git(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "protocol.ext.allow=never", "-c", "core.hooksPath=" + filepath.Join(j.work, "none")}, args...)...)
	cmd.Env = append(j.environ(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	err := subproc.Run(cmd)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return errors.New(cmp.Or(httpx.Redact(strings.TrimSpace(said.String())), err.Error()))
	}
	return nil
}

// module brings the module as a proxy serves it; the go command holds it against the
// checksum database.
func (j *job) module(ctx context.Context, p *release.Plan) (string, error) {
	version := cmp.Or(p.Tag, "v"+p.Version)
	name := p.Module + "@" + version
	j.r.Source = Source{Kind: GoProxy, From: name}
	empty := filepath.Join(j.work, "empty")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		return "", err
	}
	tool, err := gotool.Find(ctx, gotool.Options{Dir: empty, Goroot: j.o.Goroots[""], Environ: j.environ()})
	if err != nil {
		return "", err
	}
	var env []string
	if j.o.Offline {
		env = []string{"GOPROXY=off"}
	}
	out, err := tool.Run(ctx, empty, env, "mod", "download", "-json", name)
	var got struct {
		Dir, Sum, Error string
		Origin          *struct{ Hash string }
	}
	var said *gotool.Error
	if errors.As(err, &said) { // its JSON comes after what it says besides
		out = []byte(said.Output[max(strings.Index(said.Output, "{"), 0):])
	}
	if json.Unmarshal(out, &got) == nil && got.Error != "" {
		err = errors.New(got.Error)
	}
	if err != nil {
		return "", msg.Errorf("rebuild: fetch %s: %w", "重建：获取 %s：%w", name, errors.New(httpx.Redact(err.Error()))).WithKind(msg.Incomplete).
			WithHint("a module of a tag that GOPROXY knows can be had so; else name the repository: --source URL", "只有 GOPROXY 收录了该标签的模块才能这样获取；否则请用 --source URL 指定仓库")
	}
	j.r.Source.H1 = got.Sum
	if got.Origin != nil {
		j.r.Source.Commit = got.Origin.Hash
		if p.Commit != "" && got.Origin.Hash != "" && got.Origin.Hash != p.Commit {
			return "", msg.Errorf("rebuild: %s is commit %s by the proxy's word, the release was made of %s", "重建：代理称 %s 对应提交 %s，而发布来自 %s", name, got.Origin.Hash, p.Commit).WithKind(msg.Findings).
				WithHint("the tag was moved; name the repository with --source URL", "标签被移动过；请用 --source URL 指定仓库")
		}
	}
	dir := filepath.Join(j.work, "source")
	return dir, os.CopyFS(dir, os.DirFS(got.Dir)) // the cache is read-only, and the project's folder must not be
}

// findModule looks for the folder of a module below root, nearest first.
func findModule(root, path string) (string, error) {
	found := ""
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "vendor" || d.Name() == "testdata") && at != root {
			return filepath.SkipDir
		}
		if d.Name() != "go.mod" || found != "" && len(found) <= len(filepath.Dir(at)) {
			return nil
		}
		if b, err := os.ReadFile(at); err == nil && modfile.ModulePath(b) == path {
			found = filepath.Dir(at)
		}
		return nil
	})
	if err != nil {
		return "", msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	if found == "" {
		return "", msg.Errorf("rebuild: %s holds no module %s", "重建：%s 中没有模块 %s", root, path).WithKind(msg.Incomplete)
	}
	return found, nil
}
