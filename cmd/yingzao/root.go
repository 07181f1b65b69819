package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// root makes the tree of commands in the chosen language.
func (a *app) root() *cobra.Command {
	c := a.command("yingzao", msg.Text{
		EN: "build, prove and publish Go programs behind slow, filtered or absent internet",
		ZH: "营造：在弱网、受限网络或离线环境中构建、验证并发布 Go 程序",
	}, msg.Text{
		EN: "Exit codes: 0 fine, 1 could not do it, 2 usage, 3 findings or failed verification, 4 incomplete.",
		ZH: "退出码：0 正常，1 无法完成，2 用法错误，3 发现问题或验证未通过，4 不完整。",
	})
	c.PersistentFlags().String("lang", "", a.say("language of help and messages: en or zh (also YINGZAO_LANG, then the locale)", "帮助与消息的语言：en 或 zh（也可用 YINGZAO_LANG，其次为区域设置）"))
	c.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	c.CompletionOptions.DisableDefaultCmd = true
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() } // without it a mistyped command would be no error
	c.AddCommand(a.check(), a.explain(), a.bootstrap(), a.release(), a.inspect(), a.proxy(), a.image(), a.pipeline(), a.version())
	a.localise(c)
	return c
}

// command makes one command with its help in the chosen language; long may say
// nothing.
func (a *app) command(use string, short, long msg.Text) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short.In(a.lang), SilenceErrors: true, SilenceUsage: true, DisableFlagsInUseLine: true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			e := msg.Errorf("%s: unknown argument %q", "%s：未知的参数 %q", c.CommandPath(), args[0]).WithKind(msg.Usage)
			if c.HasSubCommands() {
				e = msg.Errorf("%s: unknown command %q", "%s：未知的命令 %q", c.CommandPath(), args[0]).WithKind(msg.Usage)
			}
			var names []string
			for _, sub := range c.Commands() {
				names = append(names, sub.Name())
			}
			if near := msg.Nearest(args[0], names); near != "" {
				return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
			}
			return e.WithHint("%s --help shows what there is", "%s --help 可查看用法", c.CommandPath())
		},
	}
	c.Long = c.Short
	if !long.IsZero() {
		c.Long += "\n\n" + long.In(a.lang)
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return flagError(c, err) })
	return c
}

// localise sets the help's own words and headings.
func (a *app) localise(c *cobra.Command) {
	c.InitDefaultHelpFlag()
	if f := c.Flags().Lookup("help"); f != nil {
		f.Usage = a.say("show this help", "显示本帮助")
	}
	say := func(f *pflag.Flag) { // pflag's own word for a default is English
		if s := f.DefValue; s != "" && s != "false" && s != "0" && s != "0s" && s != "[]" {
			f.Usage += msg.Textf(" (default: %s)", "（默认：%s）", s).In(a.lang)
			f.DefValue = map[string]string{"int": "0"}[f.Value.Type()] // what pflag takes for none
		}
	}
	c.Flags().VisitAll(say)
	c.PersistentFlags().VisitAll(say)
	c.SetUsageTemplate(a.say(usageEN, usageZH))
	for _, sub := range c.Commands() {
		a.localise(sub)
	}
}

const usageEN = `Usage:{{if and .Runnable .HasParent}}
  {{.UseLine}} [FLAGS]{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Global flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`

var usageZH = strings.NewReplacer("Usage:", "用法：", " [FLAGS]", " [选项]", "}} COMMAND", "}} 命令", "Examples:", "示例：", "Commands:", "命令：", "\nFlags:", "\n选项：", "Global flags:", "全局选项：").Replace(usageEN)

// flagError tells cobra's flag errors in both languages.
func flagError(c *cobra.Command, err error) error {
	hint := func(e *msg.Error) error {
		return e.WithKind(msg.Usage).WithHint("%s --help shows the flags", "%s --help 可查看选项", c.CommandPath())
	}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return hint(msg.Errorf("%s: unknown flag -%s", "%s：未知的选项 -%s", c.CommandPath(), name))
		}
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		e := msg.Errorf("%s: unknown flag --%s", "%s：未知的选项 --%s", c.CommandPath(), name).WithKind(msg.Usage)
		if near := msg.Nearest(name, names); near != "" {
			return e.WithHint("did you mean --%s?", "您是不是想写 --%s？", near)
		}
		return hint(e)
	case errors.As(err, &missing):
		return hint(msg.Errorf("%s: flag --%s needs a value", "%s：选项 --%s 需要一个值", c.CommandPath(), missing.GetFlag().Name))
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "stringSlice": // what else; a URL in it may hold a secret
		return hint(msg.Errorf("%s: flag --%s: a quotation mark is out of place", "%s：选项 --%s：引号的位置不正确", c.CommandPath(), invalid.GetFlag().Name))
	case errors.As(err, &invalid):
		return hint(msg.Errorf("%s: flag --%s: invalid value %q: %v", "%s：选项 --%s：无效的值 %q：%v", c.CommandPath(), invalid.GetFlag().Name, invalid.GetValue(), invalidValue(invalid)))
	}
	return hint(msg.Errorf("%s: %v", "%s：%v", c.CommandPath(), err))
}

// invalidValue says what a flag takes, where the parser only quotes strconv.
func invalidValue(e *pflag.InvalidValueError) any {
	switch e.GetFlag().Value.Type() {
	case "bool":
		return msg.Text{EN: "it is true or false", ZH: "只能是 true 或 false"}
	case "int":
		return msg.Text{EN: "it is a whole number", ZH: "必须是整数"}
	}
	return errors.Unwrap(e)
}
