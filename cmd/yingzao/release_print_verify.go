package main

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/release/publish"
)

// printVerified shows a verification report.
func (a *app) printVerified(r *publish.Report) {
	word := map[publish.Status]string{
		publish.Passed: a.style.Green(a.say("passed", "通过")), publish.Failed: a.style.Red(a.say("FAILED", "失败")), publish.Skipped: a.style.Yellow(a.say("skipped", "跳过")),
	}
	for _, p := range r.Projects {
		fmt.Fprintf(a.out, "%s %s\n", p.Project, p.Version)
		for _, art := range p.Artifacts {
			fmt.Fprintf(a.out, "  %s  %s\n", word[art.Status], art.Name)
			for _, b := range art.Binaries {
				note := ""
				if b.Note != nil {
					note = "  " + b.Note.In(a.lang)
				}
				a.printf("          %s %s  static: %s  run: %s%s\n", "          %s %s  静态：%s  运行：%s%s\n", b.Path, b.Target, word[b.Static], word[b.Run], note)
			}
		}
		for _, f := range p.Findings {
			a.printf("  %s %s %s: %s\n", "  %s %s %s：%s\n", a.severity(f.Severity), f.Code, f.Subject, f.Text)
		}
	}
	n, runs := r.Counts()
	a.printf("%d artifacts passed, %d failed, %d skipped; %d runs passed, %d failed, %d skipped\n", "制品：通过 %d，失败 %d，跳过 %d；运行：通过 %d，失败 %d，跳过 %d\n",
		n[publish.Passed], n[publish.Failed], n[publish.Skipped], runs[publish.Passed], runs[publish.Failed], runs[publish.Skipped])
}

func (a *app) severity(s string) string {
	return map[string]string{"error": a.say("error", "错误"), "warning": a.say("warning", "警告"), "note": a.say("note", "说明")}[s]
}
