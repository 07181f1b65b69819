package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// checkOptions are the flags of check, and what its arguments turned out to be.
type checkOptions struct {
	dir                       string
	files                     []string
	profile, policy, baseline string
	only, skip, binaries      []string
	online, deep, trace       bool
	offline                   bool
	timeout                   time.Duration
	proof, writeProof         string
	fix                       string
	dryRun, undo, verbose     bool
	writeBaseline, reason     string
	until, failOnWord, format string
	reports                   []string
	failOn                    envcheck.Severity
}

var checkFormats = []string{"text", "json", "junit", "sarif", "codequality"}

func (a *app) checkFlags(c *cobra.Command) *checkOptions {
	o := &checkOptions{}
	f := c.Flags()
	f.StringVar(&o.profile, "profile", "", a.say("what the site is like: default, cn, airgap or ci", "场景：default、cn、airgap 或 ci"))
	f.StringVar(&o.policy, "policy", "", a.say("a .yingzao.yaml whose check section says what is right here (default: the project's own)", "以其 check 一节为准的 .yingzao.yaml（默认：项目自己的）"))
	f.StringSliceVar(&o.only, "only", nil, a.say("only these codes or areas, e.g. PRX,SUM001", "只检查这些编号或类别，如 PRX,SUM001"))
	f.StringSliceVar(&o.skip, "skip", nil, a.say("not these codes or areas", "不检查这些编号或类别"))
	f.StringSliceVar(&o.binaries, "binary", nil, a.say("also judge this built program (repeatable)", "同时检查该构建产物（可重复）"))
	f.BoolVar(&o.online, "online", false, a.say("also ask mirrors, checksum database and proxies", "同时探测镜像、校验和数据库与代理"))
	f.BoolVar(&o.offline, "offline", false, a.say("open no connection (as without --online)", "不建立任何连接（与不加 --online 相同）"))
	f.DurationVar(&o.timeout, "timeout", 5*time.Second, a.say("with --online: the time for all probes together", "配合 --online：所有探测的总时限"))
	f.BoolVar(&o.deep, "deep", false, a.say("also prove GOROOT against the checksum database, and the module cache", "同时以校验和数据库证明 GOROOT，并核对模块缓存"))
	f.StringVar(&o.proof, "proof", "", a.say("with --deep: a proof file, so that no network is needed", "配合 --deep：证明文件，无需网络"))
	f.StringVar(&o.writeProof, "write-proof", "", a.say("with --deep --online: save the proof for machines without network", "配合 --deep --online：保存证明供离线机器使用"))
	f.BoolVar(&o.trace, "trace", false, a.say("let the real go command ask recording servers on this machine, and compare", "让真实的 go 命令询问本机的记录服务器并比对"))
	f.StringVar(&o.fix, "fix", "", a.say("mend what is safe, and these codes: --fix or --fix=PRX012,SUM001", "修复可安全修复的问题及所列编号：--fix 或 --fix=PRX012,SUM001"))
	f.Lookup("fix").NoOptDefVal = "safe"
	f.BoolVar(&o.dryRun, "dry-run", false, a.say("with --fix: show the changes, make none", "配合 --fix：只显示改动，不执行"))
	f.BoolVar(&o.undo, "undo", false, a.say("take the last --fix back", "撤销上一次 --fix"))
	f.StringVar(&o.baseline, "baseline", "", a.say("findings that were accepted, with reason and end", "已接受问题的清单（含理由与期限）"))
	f.StringVar(&o.writeBaseline, "write-baseline", "", a.say("accept all present findings in this file; needs --reason", "把当前所有问题写入该清单；需要 --reason"))
	f.StringVar(&o.reason, "reason", "", a.say("with --write-baseline: why", "配合 --write-baseline：理由"))
	f.StringVar(&o.until, "until", "", a.say("with --write-baseline: last day, 2006-01-02 (default: in 90 days)", "配合 --write-baseline：最后一天，2006-01-02（默认 90 天后）"))
	f.StringVar(&o.failOnWord, "fail-on", "", a.say("mildest severity that fails: info, warning, error or never (default error)", "判为失败的最低级别：info、warning、error 或 never（默认 error）"))
	f.StringVar(&o.format, "format", "text", a.say("output: text, json, junit, sarif or codequality", "输出：text、json、junit、sarif 或 codequality"))
	f.StringSliceVar(&o.reports, "report", nil, a.say("also write a report to a file, as FORMAT=FILE (repeatable)", "另将报告写入文件，格式 FORMAT=FILE（可重复）"))
	f.BoolVarP(&o.verbose, "verbose", "v", false, a.say("reasons, and what was not shown", "显示原因及未显示的内容"))
	return o
}
