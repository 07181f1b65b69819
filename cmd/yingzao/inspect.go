package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func (a *app) inspect() *cobra.Command {
	return a.command("inspect", msg.Text{EN: "x", ZH: "x"}, msg.Text{})
}
