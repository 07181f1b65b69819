package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// proxy is the module proxy; its subcommands run it and look after it.
func (a *app) proxy() *cobra.Command {
	c := a.command("proxy", msg.Text{
		EN: "a Go module proxy for weak and air-gapped networks",
		ZH: "面向弱网与离线环境的 Go 模块代理",
	}, msg.Text{
		EN: "Brings modules and toolchains here once, proves them against the checksum database, and answers from\nthen on without a network.",
		ZH: "模块与工具链只取回一次，经校验数据库验证，此后无需联网即可应答。",
	})
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(a.proxyServe(), a.proxyBundle(), a.proxyImport(), a.proxyFsck(), a.proxyProbe(), a.proxyExplain())
	return c
}
