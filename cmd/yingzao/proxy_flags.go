package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// cacheFlags add the flags by which the commands beside serve find its cache and its
// mirrors.
func (a *app) cacheFlags(c *cobra.Command, f *proxyFlags) {
	s := c.Flags()
	s.StringVar(&f.file, "config", "", a.say("file with a section proxy: (default: .yingzao.yaml, if there is one)", "含 proxy: 部分的文件（默认：当前目录的 .yingzao.yaml，如有）"))
	s.StringVar(&f.cache, "cache", "", a.say("the proxy's directory, or the URL of the bucket", "代理的目录，或存储桶地址"))
	s.StringSliceVar(&f.upstream, "upstream", nil, a.say("mirrors, the preferred one first", "上游镜像，优先者在前"))
	s.StringVar(&f.sumdb, "sumdb", "", a.say("checksum database as in GOSUMDB, or off (default: GOSUMDB, then sum.golang.org)", "校验数据库，写法同 GOSUMDB，或 off（默认：GOSUMDB，其次 sum.golang.org）"))
	s.BoolVar(&f.offline, "offline", false, a.say("ask nobody: the cache is all there is", "不联网：仅用缓存"))
	a.keyFlags(c)
}

// proxyDeps are what the parts of a proxy need of this program. What they would log is
// in what the commands print.
func (a *app) proxyDeps() server.Deps {
	return server.Deps{Stores: a.stores(), HTTP: httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)}, Getenv: a.getenv, Version: buildVersion().Version}
}

// onlyOne is the one argument that a command takes.
func onlyOne(c *cobra.Command, args []string, example string) (string, error) {
	if len(args) != 1 {
		return "", msg.Errorf("%s: it takes one argument, not %d", "%s：需要一个参数，而不是 %d 个", c.CommandPath(), len(args)).WithKind(msg.Usage).
			WithHint("for example %s", "例如 %s", example)
	}
	return args[0], nil
}
