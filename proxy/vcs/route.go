package vcs

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// slot stands in a URL for the repository's path.
const slot = "{path}"

// route is a checked Repo.
type route struct {
	Repo
	client *http.Client
	dial   httpx.Options
}

// newRoute checks what a person wrote.
func (g *Git) newRoute(r Repo) (*route, error) {
	if err := module.CheckPath(r.Prefix); err != nil {
		return nil, msg.Errorf("prefix: %w", "前缀：%w", err)
	}
	u, err := checkURL(r.URL)
	if err != nil {
		return nil, err
	}
	r.Depth = cmp.Or(r.Depth, 2)
	r.MaxDepth = cmp.Or(r.MaxDepth, r.Depth)
	r.LFS = cmp.Or(r.LFS, LFSRefuse)
	r.MaxBytes = cmp.Or(r.MaxBytes, defaultMaxBytes)
	switch {
	case r.Depth < 1 || r.MaxDepth < r.Depth || r.MaxDepth > 20:
		return nil, msg.Errorf("depth %d to %d: must rise, from 1 to 20", "depth %d 到 %d：必须由小到大，范围 1 到 20", r.Depth, r.MaxDepth)
	case r.LFS != LFSRefuse && r.LFS != LFSPointer:
		return nil, msg.Errorf("lfs %q: neither %s nor %s", "lfs %q：只能是 %s 或 %s", string(r.LFS), LFSRefuse, LFSPointer)
	case r.MaxBytes < 0:
		return nil, msg.Errorf("max_bytes %d: must not be negative", "max_bytes %d：不能为负数", r.MaxBytes)
	}
	if err := checkAuth(r.Auth, u); err != nil {
		return nil, err
	}
	client, dial, err := g.client(r, u.Host)
	if err != nil {
		return nil, err
	}
	return &route{Repo: r, client: client, dial: dial}, nil
}

// checkURL lets through what cannot start a process, name a local file, or carry a
// secret.
func checkURL(raw string) (*url.URL, error) {
	shown := httpx.Redact(raw)
	u, err := url.Parse(raw)
	if err != nil {
		return nil, msg.Errorf("url %q: not a URL", "url %q：不是合法的 URL", shown).WithHint(
			"write ssh://git@host/{path}.git for ssh", "ssh 请写成 ssh://git@host/{path}.git")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "ssh" || u.Opaque != "":
		return nil, msg.Errorf("url %q: only https and ssh are spoken", "url %q：只支持 https 和 ssh", shown).WithHint(
			"write https://host/{path}.git, or ssh://git@host/{path}.git", "请写成 https://host/{path}.git 或 ssh://git@host/{path}.git")
	case u.Hostname() == "" || strings.HasPrefix(u.Host, "-"):
		return nil, msg.Errorf("url %q: no host", "url %q：没有主机名", shown)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, msg.Errorf("url %q: a repository has no query", "url %q：仓库地址不能带查询参数", shown)
	case u.User != nil && (u.Scheme != "ssh" || hasPassword(u) || badElement(u.User.Username())):
		return nil, msg.Errorf("url %q: it holds credentials", "url %q：地址中带有凭据", shown).WithHint(
			"put the token into token_file or token_env", "请把令牌放到 token_file 或 token_env 中")
	case strings.Count(raw, slot) != strings.Count(u.Path, slot) || strings.Count(raw, slot) > 1:
		return nil, msg.Errorf("url %q: %s belongs into the path, once", "url %q：%s 只能在路径中出现一次", shown, slot)
	case strings.Trim(u.Path, "/") == "":
		return nil, msg.Errorf("url %q: no path", "url %q：没有路径", shown)
	}
	for elem := range strings.SplitSeq(strings.Trim(strings.ReplaceAll(u.Path, slot, "path"), "/"), "/") {
		if badElement(elem) {
			return nil, msg.Errorf("url %q: the path element %q is not allowed", "url %q：不允许路径元素 %q", shown, elem)
		}
	}
	return u, nil
}

func hasPassword(u *url.URL) bool {
	_, has := u.User.Password()
	return has
}

// badElement reports whether a part of a path could be taken for an option, for
// another folder, or for more than one word.
func badElement(elem string) bool {
	return elem == "" || elem[0] == '-' || elem == "." || elem == ".." || strings.ContainsFunc(elem, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("'\"\\`$;&|<>*?!(){}[]", r)
	})
}

// place is where a module lies: in which repository, and in which folder of it.
type place struct {
	path string // the module's
	root string // the module path of the repository's root
	url  string // the repository's
	repo *repository
	// doubt is why a longer candidate could not be ruled out; nil = nothing is open.
	doubt error

	dir        string // folder of the module in the repository, without v2; "" = the root
	pathPrefix string // path without its major version
	pathMajor  string // "/v2" or ""
}

// routeFor is the route with the longest prefix of a module's path; nil = none.
func (g *Git) routeFor(mod string) *route {
	var best *route
	for _, r := range g.routes {
		if hasPathPrefix(mod, r.Prefix) && (best == nil || len(r.Prefix) > len(best.Prefix)) {
			best = r
		}
	}
	return best
}

func hasPathPrefix(p, prefix string) bool {
	return p == prefix || strings.HasPrefix(p, prefix+"/")
}

// candidates are the places where a module may lie, the longest repository path
// first.
func (r *route) candidates(mod string) ([]place, error) {
	prefix, major, ok := module.SplitPathVersion(mod)
	if !ok {
		return nil, absent("malformed module path", "模块路径格式不正确")
	}
	if !strings.Contains(r.URL, slot) {
		return []place{newPlace(mod, r.Prefix, r.URL)}, nil
	}
	elems := strings.Split(strings.Trim(strings.TrimPrefix(prefix, r.Prefix), "/"), "/")
	if !hasPathPrefix(prefix, r.Prefix) || elems[0] == "" || strings.HasPrefix(major, ".") {
		elems = nil
	}
	most, least := min(len(elems), r.MaxDepth), r.Depth
	if i := slices.IndexFunc(elems, func(e string) bool { return strings.HasSuffix(e, ".git") && e != ".git" }); i >= 0 {
		most, least = i+1, i+1
	}
	var list []place
	for n := most; n >= least; n-- {
		if slices.ContainsFunc(elems[:n], badElement) {
			return nil, absent("no repository has such a path", "没有这种路径的仓库")
		}
		repo := strings.TrimSuffix(strings.Join(elems[:n], "/"), ".git")
		list = append(list, newPlace(mod, path.Join(r.Prefix, path.Join(elems[:n]...)), strings.Replace(r.URL, slot, repo, 1)))
	}
	if len(list) == 0 {
		return nil, absent("a repository of %s has %d path elements at least, by the setting depth", "%s 的仓库路径至少有 %d 段（由设置项 depth 决定）", r.Prefix, r.Depth)
	}
	return list, nil
}

// newPlace splits a module's path below the root of its repository.
func newPlace(mod, root, url string) place {
	p := place{path: mod, root: root, url: url}
	p.pathPrefix, p.pathMajor, _ = module.SplitPathVersion(mod)
	if root == mod {
		p.pathPrefix = mod
	} else {
		p.dir = strings.Trim(strings.TrimPrefix(p.pathPrefix, root), "/")
	}
	return p
}
