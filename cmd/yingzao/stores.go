package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
)

// keys says where the keys of object stores come from, beside the environment
// and the files of the official tools.
type keys struct {
	file string
	role bool
}

// keyFlags adds them to a command and those below it.
func (a *app) keyFlags(c *cobra.Command) {
	c.PersistentFlags().StringVar(&a.keys.file, "credentials", "", a.say("a file with the keys of the store, instead of the environment", "存有存储密钥的文件，替代环境变量"))
	c.PersistentFlags().BoolVar(&a.keys.role, "instance-role", false, a.say("ask the cloud server this runs on for keys", "向所在云服务器索取密钥（实例角色）"))
}

// stores are the kinds of store, by the scheme of their URL.
func (a *app) stores() store.Schemes {
	http := httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)}
	from := cred.Options{Environ: a.environ, Home: a.getenv("HOME"), File: a.keys.file, InstanceRole: a.keys.role}
	if from.Home == "" {
		from.Home = a.getenv("USERPROFILE")
	}
	warn := func(t msg.Text) { a.note("%s %v\n", "%s %v\n", a.style.Yellow(a.say("warning:", "警告：")), t) }
	return store.Schemes{
		"file": file.Open,
		"oss":  oss.Opener(oss.Options{HTTP: http, Credentials: from, Warn: warn}),
		"cos":  cos.Opener(cos.Options{HTTP: http, Credentials: from, Warn: warn}),
		"s3":   s3.Opener(s3.Options{HTTP: http, Credentials: from, Warn: warn}),
	}
}
