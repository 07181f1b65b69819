package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
)

// releaseSchema prints the JSON Schema of .yingzao.yaml.
func (a *app) releaseSchema() *cobra.Command {
	c := a.command("schema", msg.Text{EN: "print the JSON Schema of .yingzao.yaml for editors", ZH: "输出 .yingzao.yaml 的 JSON Schema，供编辑器使用"}, msg.Text{})
	c.RunE = func(*cobra.Command, []string) error {
		b, err := config.Schema()
		if err != nil {
			return err
		}
		_, err = a.out.Write(b)
		return err
	}
	return c
}
