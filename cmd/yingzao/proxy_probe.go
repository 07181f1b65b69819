package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/proxy/upkeep"
)

// proxyProbe asks the mirrors how they are.
func (a *app) proxyProbe() *cobra.Command {
	c := a.command("probe [MIRROR…]", msg.Text{EN: "ask the mirrors how they are, and list the hosts a firewall has to let through", ZH: "探测各镜像的状况，并列出防火墙需放行的主机"}, msg.Text{
		EN: "Ten steps for each mirror, all at once: M1 content, M2 latency, M3 age of lists, M4 ranges and speed,\nM5 the answer for what is not there, M6 and M7 the checksum database, M8 toolchains, M9 certificate and clock,\nM10 IPv6. Exits with 3 when a step failed, with 4 when one was cut off.",
		ZH: "对每个镜像同时进行十步探测：M1 内容，M2 延迟，M3 版本列表新旧，M4 断点续传与速度，M5 对不存在内容的应答，\nM6 与 M7 校验数据库，M8 工具链，M9 证书与时钟，M10 IPv6。有步骤失败时以 3 退出，有步骤被中断时以 4 退出。",
	})
	c.Args = nil
	c.Example = "  yingzao proxy probe\n  yingzao proxy probe https://goproxy.cn https://mirrors.aliyun.com/goproxy"
	f, o := proxyFlags{}, upkeep.ProbeOptions{}
	c.Flags().DurationVar(&o.Step, "timeout", 0, a.say("how long a step may take (default: 2s)", "每一步的时限（默认：2s）"))
	a.cacheFlags(c, &f)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		conf, err := a.proxyConfig(c, f)
		if err != nil {
			return err
		}
		if o.Step < 0 {
			return msg.Errorf("--timeout: %v is less than 0", "--timeout：%v 小于 0", o.Step).WithKind(msg.Usage).WithHint("0 means 2s", "0 表示 2s")
		}
		if len(args) > 0 {
			o.Mirrors = args
		}
		r, err := upkeep.Probe(c.Context(), conf, a.proxyDeps(), o)
		switch {
		case err != nil:
			return err
		case r.Failed():
			err = silent{exitFindings}
		case !r.Complete():
			err = silent{exitIncomplete}
		}
		if format.json() {
			return msg.Join(a.printJSON(r), err)
		}
		return msg.Join(a.printProbe(r), err)
	}
	return c
}

func (a *app) printProbe(r upkeep.ProbeReport) error {
	words := map[mirror.Status]string{mirror.StatusOK: a.say("ok", "正常"), mirror.StatusFailed: a.say("FAILED", "失败"),
		mirror.StatusSkipped: a.say("skipped", "跳过"), mirror.StatusIncomplete: a.say("cut off", "中断")}
	for _, m := range r.Mirrors {
		a.printf("%s\n", "%s\n", m.Mirror)
		t := term.Table{Columns: []term.Column{{}, {}, {Right: true}, {}}}
		for _, s := range m.Steps {
			took := ""
			if s.Latency > 0 {
				took = s.Latency.Round(time.Millisecond).String()
			}
			t.Add("  "+s.Code, words[s.Status], took, strings.ReplaceAll(s.Detail.In(a.lang), "\n", " "))
		}
		if err := t.Write(a.out); err != nil {
			return err
		}
	}
	a.printf("hosts: %s\n", "主机：%s\n", strings.Join(r.Hosts, " "))
	return nil
}
