package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// imageSDK is about the Go SDK in the images.
func (a *app) imageSDK() *cobra.Command {
	c := a.command("sdk", msg.Text{EN: "fetch a Go SDK and prove it genuine, or make one from another", ZH: "获取 Go SDK 并证明其真实性，或由另一平台的 SDK 构建"}, msg.Text{
		EN: "An SDK is accepted when its files hash to what the checksum database, a proof file or a pin says; never\nbecause of the host that served it. Go releases are reproducible, so one proven SDK makes those of all\nother platforms.",
		ZH: "只有当文件哈希与校验数据库、证明文件或固定值一致时才接受 SDK；绝不因提供它的主机而信任。\nGo 发行版可复现，因此一份已验证的 SDK 可以构建出其他所有平台的 SDK。",
	})
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(a.imageSDKList(), a.imageSDKFetch(), a.imageSDKBuild(), a.imageSDKVerify())
	return c
}

// imageSDKList tells which SDKs' sums are known here.
func (a *app) imageSDKList() *cobra.Command {
	c := a.command("list", msg.Text{EN: "list the SDKs whose sums this program knows", ZH: "列出本程序已知校验和的 SDK"}, msg.Text{})
	format := a.formatFlag(c)
	c.RunE = func(*cobra.Command, []string) error {
		m, err := matrix.Load()
		if err != nil {
			return err
		}
		type line struct {
			Go       string `json:"go"`
			Platform string `json:"platform"`
			H1       string `json:"h1,omitempty"`
			SHA256   string `json:"sha256,omitempty"`
			URL      string `json:"url,omitempty"`
			Source   string `json:"source"`
		}
		lines := []line{}
		for _, s := range m.SDKs {
			p := strings.TrimSuffix("linux/"+s.Arch+"-"+s.ABI, "-")
			lines = append(lines, line{s.Go, p, s.H1, s.SHA256, s.URL, s.Source})
		}
		if format.json() {
			return a.printJSON(lines)
		}
		for _, l := range lines {
			a.printf("%s  %s\n", "%s  %s\n", a.outStyle().Bold(term.Pad(l.Go, 8)), l.Platform)
			if l.H1 != "" {
				a.printf("  %s\n", "  %s\n", l.H1)
			}
			if l.SHA256 != "" {
				a.printf("  sha256 of the archive %s\n", "  安装包 sha256 %s\n", l.SHA256)
			}
			a.printf("  source: %s\n", "  来源：%s\n", l.Source)
		}
		return nil
	}
	return c
}
