package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// printNotices says how the configuration was read and what the checks found,
// each once.
func (a *app) printNotices(r *release.Result) {
	for _, n := range r.Notices {
		where := ""
		if n.Line > 0 {
			where = fmt.Sprintf("%s:%d: ", n.Section, n.Line)
		} else if n.Section != "" {
			where = n.Section + ": "
		}
		fmt.Fprintln(a.err, a.style.Yellow(a.say("notice: ", "注意："))+where+n.Text.In(a.lang))
	}
	for _, f := range r.Findings {
		a.finding(string(f.Severity), f.Code, f.Title, f.Evidence)
	}
	for _, f := range r.Cgo {
		a.finding(string(f.Severity), "cgo", f.Title, []string{strings.Join(f.Chain, " → ")})
	}
}

func (a *app) finding(severity, code string, title msg.Text, evidence []string) {
	if severity == "error" {
		return // the error itself says it
	}
	label := a.style.Yellow(a.say("warning: ", "警告："))
	if severity == "note" {
		label = a.style.Dim(a.say("note: ", "说明："))
	}
	line := code + " " + title.In(a.lang)
	if len(evidence) > 0 {
		line += " (" + strings.Join(evidence, ", ") + ")"
	}
	fmt.Fprintln(a.err, label+line)
}

// printRelease tells what was made and what was proved.
func (a *app) printRelease(r *release.Result) error {
	p := r.Plan
	a.printf("%s %s  %s  %s\n\n", "%s %s  %s  %s\n\n", p.Project, p.Version, p.Go, release.Short(p.Digest))
	if err := a.artifactTable(r.Manifest.Artifacts).Write(a.out); err != nil {
		return err
	}
	a.printf("\nproved\n", "\n已证实\n")
	binaries, static := 0, 0
	for _, art := range r.Manifest.Artifacts {
		for _, b := range art.Binaries {
			binaries++
			if b.Verdict.Static {
				static++
			}
		}
	}
	a.printf("  static       %d of %d binaries need nothing but a kernel of their target\n", "  静态         %d / %d 个二进制只需目标内核即可运行\n", static, binaries)
	repro := msg.Text{EN: "same plan and sources give the same bytes on any host", ZH: "同一计划与源码在任何主机上产生相同字节"}
	if p.WallClock {
		repro = msg.Text{EN: "no: --wall-clock was asked for", ZH: "否：使用了 --wall-clock"}
	}
	a.printf("  reproducible %s\n", "  可复现       %s\n", repro)
	if len(r.Signatures) > 0 {
		a.printf("  signed       %s\n", "  签名         %s\n", strings.Join(r.Signatures, ", "))
	}
	for _, d := range r.Published {
		a.printPublished(d.Result)
		if d.Verified != nil {
			n, _ := d.Verified.Counts()
			a.printf("  read back    %d artifacts, every byte as in the manifest\n", "  读回         %d 个制品，每个字节与清单一致\n", n[publish.Passed])
		}
	}
	if len(r.Published) == 0 {
		a.printf("  not published; everything is in %s\n", "  未发布；全部产物位于 %s\n", r.Dist)
	}
	a.note("\n", "\n")
	t := term.Table{Columns: []term.Column{{Title: a.say("phase", "阶段")}, {Title: a.say("time", "用时"), Right: true}}}
	for _, ph := range r.Report.Phases {
		t.Add(ph.Phase.Text().In(a.lang), term.Duration(time.Duration(ph.Seconds*float64(time.Second))))
	}
	t.Add(a.say("in all (wall clock)", "总计（实际时间）"), term.Duration(time.Duration(r.Report.Seconds*float64(time.Second))))
	return t.Write(a.err)
}

func (a *app) printPublished(r *publish.Result) {
	if r.Already {
		a.printf("  published    %s was there already with the same bytes; nothing was sent\n", "  发布         %s 已存在且字节相同；未上传任何内容\n", r.URL)
	} else {
		a.printf("  published    %s (%d files, %s)\n", "  发布         %s（%d 个文件，%s）\n", r.URL, r.Uploaded, term.Size(r.Bytes))
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(a.err, a.style.Yellow(a.say("warning: ", "警告："))+w.In(a.lang))
	}
}

func (a *app) artifactTable(list []manifest.Artifact) term.Table {
	t := term.Table{Columns: []term.Column{
		{Title: a.say("file", "文件")}, {Title: a.say("size", "大小"), Right: true}, {Title: a.say("static", "静态")}, {Title: "sha256"},
	}}
	for _, art := range list {
		static := ""
		for _, b := range art.Binaries {
			if static = a.say("yes", "是"); !b.Verdict.Static {
				static = a.say("no", "否")
				break
			}
		}
		t.Add(art.Name, term.Size(art.Size), static, art.SHA256[:16]) // enough to compare by eye; SHA256SUMS has all of it
	}
	return t
}

// printPlan shows what a plan will make.
func (a *app) printPlan(p *release.Plan, file string) error {
	a.printf("%s %s  %s\n%s\n\n", "%s %s  %s\n%s\n\n", p.Project, p.Version, p.Go, p.Digest)
	t := term.Table{Columns: []term.Column{{Title: a.say("target", "目标")}, {Title: a.say("build", "构建")}, {Title: a.say("package", "包")}, {Title: a.say("artifacts", "制品")}}}
	for _, j := range p.Jobs {
		var names []string
		for _, art := range p.Archives {
			if art.Target == j.Target {
				names = append(names, art.Name)
			}
		}
		for _, k := range p.Packages {
			if k.Package.Target == j.Target {
				names = append(names, k.Name)
			}
		}
		t.Add(j.Target.String(), j.Build, j.Main, strings.Join(names, " "))
	}
	if err := t.Write(a.out); err != nil {
		return err
	}
	a.note("\nwritten to %s\n", "\n已写入 %s\n", file)
	return nil
}
