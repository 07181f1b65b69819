package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck/report"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// explain tells about rules, and what the go command's messages mean.
func (a *app) explain() *cobra.Command {
	c := a.command("explain CODE…", msg.Text{EN: "tell about a rule, or what a message of the go command means", ZH: "说明一条规则，或解释 go 命令的报错"}, msg.Text{
		EN: "yingzao explain --error - < build.log reads a log and names the rule behind each message it knows.",
		ZH: "yingzao explain --error - < build.log 读取日志，指出已知报错对应的规则。",
	})
	c.Args = nil
	list := c.Flags().Bool("list", false, a.say("list all rules", "列出所有规则"))
	log := c.Flags().String("error", "", a.say("a file with messages of the go command; - is standard input", "含 go 命令报错的文件；- 为标准输入"))
	format := a.formatFlag(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		switch {
		case *list:
			return a.explainList(format.json())
		case *log != "":
			return a.explainLog(*log, format.json())
		case len(args) == 0:
			return msg.Errorf("explain: name a code", "explain：请给出编号").WithKind(msg.Usage).WithHint("for example yingzao explain PRX001; --list shows them all", "例如 yingzao explain PRX001；--list 列出全部")
		}
		for i, code := range args {
			rule, err := explainedRule(code)
			if err != nil {
				return err
			}
			if format.json() {
				if err := a.printJSON(ruleJSON(rule)); err != nil {
					return err
				}
				continue
			}
			if i > 0 {
				a.printf("\n", "\n")
			}
			if err := report.Explain(a.out, rule, a.lang, a.outStyle()); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

func (a *app) explainList(asJSON bool) error {
	if asJSON {
		var all []any
		for _, r := range explained() {
			all = append(all, ruleJSON(r))
		}
		return a.printJSON(all)
	}
	t := term.Table{Columns: []term.Column{{Title: a.say("code", "编号")}, {Title: a.say("severity", "级别")}, {Title: a.say("what is wrong", "问题")}}}
	for _, r := range explained() {
		t.Add(r.Code, r.Severity.Text().In(a.lang), r.Title.In(a.lang))
	}
	return t.Write(a.out)
}

func (a *app) explainLog(name string, asJSON bool) error {
	text, err := a.readLog(name)
	if err != nil {
		return err
	}
	found := rules.ExplainLog(text)
	if asJSON {
		type line struct {
			Line  int      `json:"line"`
			Text  string   `json:"text"`
			Codes []string `json:"codes"`
			Means msg.Text `json:"means"`
		}
		out := []line{}
		for _, e := range found {
			out = append(out, line{e.Line, httpx.Redact(e.Text), e.Saying.Codes, e.Saying.Means})
		}
		return a.printJSON(out)
	}
	if len(found) == 0 {
		return msg.Errorf("explain: no line is known", "explain：没有认识的行").WithKind(msg.Incomplete).WithHint("yingzao check looks at the environment itself", "yingzao check 可直接检查环境")
	}
	for _, e := range found {
		a.printf("%s\n", "%s\n", a.outStyle().Dim(term.Clean(httpx.Redact(e.Text))))
		a.printf("  %v\n", "  %v\n", e.Saying.Means)
		if len(e.Saying.Codes) > 0 {
			a.printf("  more: yingzao explain %s\n", "  详见：yingzao explain %s\n", strings.Join(e.Saying.Codes, " "))
		}
	}
	return nil
}

func (a *app) readLog(name string) (string, error) {
	const limit = 64 << 20
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", msg.Errorf("explain: %w", "explain：%w", err).WithKind(msg.Usage).WithHint("name a log file, or - for standard input", "请给出日志文件，或用 - 表示标准输入")
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, limit))
	return string(b), err
}
