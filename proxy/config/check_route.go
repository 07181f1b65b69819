package config

import (
	"cmp"
	"strings"

	"golang.org/x/mod/module"
)

func (k *checker) route(c *Config, i int) {
	r := &c.Routes[i]
	here := in([]string{"routes"}, i)
	ways := 0
	for _, way := range []bool{r.Git.URL != "", len(r.Mirrors) > 0, r.Block != ""} {
		if way {
			ways++
		}
	}
	if ways > 1 {
		k.bad(here, "a route has one of git, mirrors and block", "一条路由只能有 git、mirrors、block 之一")
	}
	if len(r.Match) == 0 {
		k.bad(here, "a route without match is about nothing", "没有 match 的路由不匹配任何模块").WithHint("write match: git.corp.example, or match: \"*\"", "请写 match: git.corp.example，或 match: \"*\"")
	}
	k.patterns(r, here)
	k.urls(r.Mirrors, in(here, "mirrors")...)
	if len(r.Versions) > 0 && r.Block == "" {
		k.bad(in(here, "versions"), "versions stands beside block alone", "versions 只能与 block 一起使用")
	}
	for j, v := range r.Versions {
		if v == "" || module.CanonicalVersion(v) != v {
			k.bad(in(here, "versions", j), "%q is no version", "%q 不是版本", v).WithHint("write it whole: v1.2.3", "请写完整版本，例如 v1.2.3")
		}
	}
	if len(r.Access) > 0 && c.TokensFile == "" {
		k.bad(in(here, "access"), "access names holders of tokens, and there is no tokens_file", "access 列出令牌持有者，但没有设置 tokens_file")
	}
	k.credentials(r, here)
	k.gitRoute(r, here)
}

// patterns are held to the go command's rule, by which a broken one matches
// nothing without a word.
func (k *checker) patterns(r *Route, here []string) {
	for j, p := range r.Match {
		switch glob := strings.ContainsAny(p, `*?[\`); {
		case strings.TrimSpace(p) != p || p == "" || strings.Contains(p, ",") || strings.HasPrefix(p, "/") || strings.HasSuffix(p, "/") || strings.Contains(p, "://"):
			k.bad(in(here, "match", j), "%q is no pattern of module paths", "%q 不是模块路径模式", p).WithHint("write it as in GOPRIVATE, one a line: git.corp.example/team or *.corp.example", "写法同 GOPRIVATE，每行一个：git.corp.example/team 或 *.corp.example")
		case glob && r.Git.URL != "":
			k.bad(in(here, "match", j), "with git a route matches plain prefixes, not %q", "带 git 的路由只能匹配普通前缀，不能是 %q", p).WithHint("write one route for each repository server", "请为每个代码服务器各写一条路由")
		}
	}
}

// credentials that nobody would use are a mistake, and a token over http a leak.
func (k *checker) credentials(r *Route, here []string) {
	git := r.Git.URL != ""
	ssh := strings.HasPrefix(r.Git.URL, "ssh://")
	switch {
	case r.TokenFile != "" && !git && len(r.Mirrors) == 0:
		k.bad(in(here, "token_file"), "token_file stands beside git or mirrors", "token_file 需与 git 或 mirrors 一起使用")
	case r.User != "" && r.TokenFile == "" && !ssh:
		k.bad(in(here, "user"), "user stands beside token_file", "user 需与 token_file 一起使用")
	case r.TokenFile != "" && ssh:
		k.bad(in(here, "token_file"), "ssh takes a key, not a token", "ssh 使用密钥而不是令牌").WithHint("write ssh_key_file", "请写 ssh_key_file")
	case (r.SSHKeyFile != "" || r.KnownHostsFile != "") && !ssh:
		k.bad(here, "ssh_key_file and known_hosts_file stand beside a git URL of ssh://", "ssh_key_file 和 known_hosts_file 需与 ssh:// 的 git 地址一起使用")
	case ssh && (r.SSHKeyFile == "" || r.KnownHostsFile == ""):
		k.bad(here, "ssh needs both ssh_key_file and known_hosts_file", "ssh 需同时填写 ssh_key_file 和 known_hosts_file").
			WithHint("ssh-keyscan prints the lines for known_hosts; compare them with what the server's keeper tells you", "known_hosts 的内容可由 ssh-keyscan 得到，请与服务器管理员核对指纹")
	}
	for j, m := range r.Mirrors {
		if r.TokenFile != "" && strings.HasPrefix(m, "http://") {
			k.bad(in(here, "mirrors", j), "a token is not sent over http", "令牌不会通过 http 发送").WithHint("write https", "请使用 https")
		}
	}
}

func (k *checker) gitRoute(r *Route, here []string) {
	if r.Git.URL == "" {
		if r.Git != (Git{}) {
			k.bad(in(here, "git"), "git needs a url", "git 缺少 url")
		}
		if r.LFS != "" {
			k.bad(in(here, "lfs"), "lfs stands beside git alone", "lfs 只能与 git 一起使用")
		}
		return
	}
	k.word(r.LFS, []string{"refuse", "pointer"}, in(here, "lfs")...)
	u := k.url(r.Git.URL, []string{"https", "ssh"}, in(here, "git", "url"))
	if u == nil {
		return
	}
	switch open := strings.Contains(r.Git.URL, "{path}"); {
	case !open && (r.Git.Depth != 0 || r.Git.MaxDepth != 0):
		k.bad(in(here, "git"), "depth belongs to a url with {path}", "只有 url 中含 {path} 时才需要 depth")
	case r.Git.Depth < 0 || r.Git.MaxDepth < 0 || r.Git.MaxDepth != 0 && r.Git.MaxDepth < cmp.Or(r.Git.Depth, 2):
		k.bad(in(here, "git"), "max_depth is at least depth, and both are positive", "max_depth 不能小于 depth，且两者均为正数")
	case !open && len(r.Match) > 1:
		k.bad(in(here, "git", "url"), "one repository cannot be the root of several paths", "一个仓库不能对应多个路径").WithHint("write {path} into the url, or one route for each", "请在 url 中写 {path}，或为每个路径各写一条路由")
	}
}
