package main

import (
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// proxyServe runs the proxy until it is told to stop.
func (a *app) proxyServe() *cobra.Command {
	c := a.command("serve", msg.Text{EN: "answer go commands", ZH: "向 go 命令提供模块"}, msg.Text{
		EN: "Needs no configuration: without one the mirrors near mainland China are asked, and files are kept in\nthe user's cache folder. The section proxy: of .yingzao.yaml says more: private modules, tokens, TLS, rules.\nFlags win over it. The first signal lets requests end, the second one does not wait.",
		ZH: "无需配置即可运行：默认使用国内镜像，文件存放在用户缓存目录。.yingzao.yaml 的 proxy: 部分可配置私有模块、\n令牌、TLS 与规则等，命令行选项优先。收到第一个信号后等待在途请求结束，第二个信号则立即退出。",
	})
	c.Example = "  yingzao proxy serve\n  yingzao proxy serve --listen :8081 --cache /srv/mod --upstream https://goproxy.cn,https://mirrors.aliyun.com/goproxy\n  yingzao proxy serve --config .yingzao.yaml"
	f := proxyFlags{}
	s := c.Flags()
	s.StringVar(&f.file, "config", "", a.say("file with a section proxy: (default: .yingzao.yaml, if there is one)", "含 proxy: 部分的文件（默认：当前目录的 .yingzao.yaml，如有）"))
	s.StringVar(&f.listen, "listen", "", a.say("host:port for go commands (default: 127.0.0.1:8081)", "服务地址 host:port（默认：127.0.0.1:8081）"))
	s.StringVar(&f.admin, "admin", "", a.say("host:port for administrators, or off (default: 127.0.0.1:8082)", "管理地址 host:port，或 off（默认：127.0.0.1:8082）"))
	s.StringVar(&f.cache, "cache", "", a.say("directory for the files, or the URL of a bucket that several proxies share", "存放文件的目录，或多个代理共用的存储桶地址"))
	s.StringSliceVar(&f.upstream, "upstream", nil, a.say("mirrors, the preferred one first", "上游镜像，优先者在前"))
	s.StringVar(&f.sumdb, "sumdb", "", a.say("checksum database as in GOSUMDB, or off (default: GOSUMDB, then sum.golang.org)", "校验数据库，写法同 GOSUMDB，或 off（默认：GOSUMDB，其次 sum.golang.org）"))
	s.BoolVar(&f.offline, "offline", false, a.say("ask nobody: the cache is all there is", "不联网：仅用缓存"))
	s.DurationVar(&f.drain, "drain", 0, a.say("how long requests may take to end (default: 30s)", "退出时等待在途请求的最长时间（默认：30s）"))
	s.StringVar(&f.addressFile, "address-file", "", a.say("write the real addresses here, one a line, once it listens", "开始监听后将实际地址写入该文件，每行一个"))
	a.keyFlags(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		var h slog.Handler = slog.NewTextHandler(a.err, nil)
		if conf.Log.Format == "json" {
			h = slog.NewJSONHandler(a.err, nil)
		}
		if a.getenv("GOGC") == "" {
			debug.SetGCPercent(200) // with so little in the heap a collection is dear: as much as sixty answers
		}
		srv, err := server.Open(c.Context(), conf, server.Deps{Stores: a.stores(), HTTP: httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)},
			Getenv: a.getenv, Stdout: a.out, Version: buildVersion().Version, Log: slog.New(h)})
		if err != nil {
			return err
		}
		l := server.Listen{Public: conf.Listen, Admin: conf.Admin.Listen, CertFile: conf.TLS.Cert, KeyFile: conf.TLS.Key, Drain: time.Duration(conf.Limits.Drain)}
		if l.Admin == "off" {
			l.Admin = ""
		}
		l.AdminMayFail = f.admin == "" && l.Admin == config.Default().Admin.Listen
		if f.addressFile != "" {
			l.Listening = func(public, admin string) error {
				return goenv.WriteFile(f.addressFile, []byte(public+"\n"+admin+"\n"), 0o644)
			}
		}
		return srv.Run(c.Context(), l)
	}
	return c
}

// proxyFlags are what the command line says; empty values leave the file's.
type proxyFlags struct {
	file, listen, admin, cache, sumdb, addressFile string
	upstream                                       []string
	offline                                        bool
	drain                                          time.Duration
}

// configFile is the section's file: what --config names, or the usual one.
func (f proxyFlags) configFile() (name string, data []byte, err error) {
	name = f.file
	if name == "" {
		name = ".yingzao.yaml"
	}
	data, err = os.ReadFile(name)
	switch {
	case err == nil:
		return name, data, nil
	case f.file == "" && os.IsNotExist(err):
		return "", nil, nil
	}
	return "", nil, msg.Errorf("read the configuration: %w", "读取配置：%w", err).WithKind(msg.Usage)
}
