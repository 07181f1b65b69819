package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// sdkFlags say where SDKs come from and who vouches for them.
type sdkFlags struct {
	goVersion, proof, cache string
	dirs, h1, sha256        []string
	offline                 bool
	sumdb                   goenv.SumDB // what GOSUMDB says, once common has looked
}

func (a *app) sdkFlags(c *cobra.Command) *sdkFlags {
	f := a.vouchFlags(c)
	s := c.Flags()
	s.StringVar(&f.goVersion, "go", "", a.say("the Go release, e.g. 1.26.8 (default: the matrix's)", "Go 版本，如 1.26.8（默认：矩阵中的版本）"))
	s.StringSliceVar(&f.dirs, "sdk", nil, a.say("DIR or PLATFORM=DIR: an unpacked SDK, or a folder with archives; nothing else is then asked", "DIR 或 平台=DIR：已解压的 SDK，或存放安装包的目录；此时不再使用其他来源"))
	s.StringSliceVar(&f.sha256, "sdk-sha256", nil, a.say("SUM or PLATFORM=SUM: what the SDK's archive must have", "校验和 或 平台=校验和：SDK 安装包应有的 SHA-256"))
	s.StringVar(&f.cache, "cache", "", a.say("folder for downloads and layers (default: in the user's cache folder)", "下载与镜像层的缓存目录（默认：位于用户缓存目录中）"))
	return f
}

// vouchFlags are those of them that say who vouches.
func (a *app) vouchFlags(c *cobra.Command) *sdkFlags {
	f := &sdkFlags{}
	s := c.Flags()
	s.StringSliceVar(&f.h1, "sdk-h1", nil, a.say("H1 or PLATFORM=H1: what the SDK's files must hash to, instead of what is known", "H1 或 平台=H1：SDK 文件应有的哈希，替代已知的值"))
	s.StringVar(&f.proof, "proof", "", a.say("a proof file instead of the checksum database (yingzao check --deep --online --write-proof)", "证明文件，替代校验数据库（yingzao check --deep --online --write-proof）"))
	s.BoolVar(&f.offline, "offline", false, a.say("use no network", "不使用网络"))
	return f
}
