package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/assemble"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imagePush sends a layout that was built elsewhere.
func (a *app) imagePush() *cobra.Command {
	c := a.command("push LAYOUT REFERENCE", msg.Text{EN: "send an image from an OCI layout to a registry", ZH: "将 OCI 布局中的镜像推送到仓库"}, msg.Text{
		EN: "Sends the index, all its images and their bills of materials; the digest stays the same. Credentials are\nthose of docker login.",
		ZH: "推送索引、其中所有镜像及其物料清单；摘要保持不变。凭据取自 docker login。",
	})
	c.Args = nil
	c.Example = "  yingzao image push oci:out registry.corp.example/go-builder:1.26.8"
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) != 2 {
			return msg.Errorf("image push: a layout and a reference are needed", "image push：需要一个布局和一个引用").WithKind(msg.Usage).
				WithHint("for example yingzao image push oci:out registry.corp.example/go-builder:1.26.8", "例如 yingzao image push oci:out registry.corp.example/go-builder:1.26.8")
		}
		if !strings.HasPrefix(args[0], "oci:") {
			args[0] = "oci:" + args[0]
		}
		from, err := assemble.ParseSource(args[0])
		if err != nil {
			return err
		}
		client := httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)})
		defer client.CloseIdleConnections()
		p := a.progress()
		defer p.Close()
		p.Start("push", args[1], 0)
		r, err := assemble.Push(c.Context(), assemble.PushOptions{Layout: from, To: args[1], Transport: client.Transport})
		p.Done("push", "", err)
		p.Close()
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		a.printf("%s  %s\n", "%s  %s\n", r.To, r.Digest)
		return nil
	}
	return c
}
