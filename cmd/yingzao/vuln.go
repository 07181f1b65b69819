package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/vuln"
)

// vulnFlags are those of a scan for known vulnerabilities; scanner is nil without an
// error when nobody asked. The age of the database is always told.
func (a *app) vulnFlags(c *cobra.Command) (scanner func() (*vuln.Scanner, error)) {
	var o vuln.Options
	c.Flags().StringVar(&o.DB, "vulndb", "", a.say("ask govulncheck about each program, with the database in this folder", "用该目录中的数据库，请 govulncheck 检查每个程序"))
	c.Flags().StringVar(&o.Tool, "govulncheck", "", a.say("the program to ask (default: govulncheck from PATH)", "要使用的程序（默认：PATH 中的 govulncheck）"))
	return func() (*vuln.Scanner, error) {
		if o.DB == "" {
			if o.Tool != "" {
				return nil, msg.Errorf("--govulncheck: only together with --vulndb", "--govulncheck：只能与 --vulndb 合用").WithKind(msg.Usage).
					WithHint("name the folder of the database with --vulndb", "请用 --vulndb 指定数据库目录")
			}
			return nil, nil
		}
		o.Environ = a.environ
		s, err := vuln.New(o)
		if err != nil {
			return nil, err
		}
		a.note("vulnerability database of %s, %d days old\n", "漏洞数据库日期 %s，距今 %d 天\n", s.Modified.Format("2006-01-02"), s.Days())
		if s.Stale() {
			a.note("warning: a vulnerability database older than 30 days knows nothing of what was found since; fetch a new copy\n", "警告：漏洞数据库已超过 30 天，不含此后发现的漏洞；请获取新的副本\n")
		}
		return s, nil
	}
}

// printVulnerabilities tells what a scan found; that nothing was found is told too.
func (a *app) printVulnerabilities(f release.Inspected) {
	if f.Vulnerabilities == nil {
		return
	}
	if len(*f.Vulnerabilities) == 0 {
		a.printf("  no known vulnerability\n", "  没有已知漏洞\n")
	}
	for _, v := range *f.Vulnerabilities {
		a.printf("  %s %s\n", "  %s %s\n", a.severity(v.Severity()), v.Text())
	}
}

// scanning makes a verification ask about each program too; nil = nobody asked.
func scanning(s *vuln.Scanner) func(context.Context, string) ([]publish.Vulnerability, error) {
	if s == nil {
		return nil
	}
	return func(ctx context.Context, file string) ([]publish.Vulnerability, error) {
		found, err := s.Scan(ctx, file)
		var out []publish.Vulnerability
		for _, f := range found {
			out = append(out, publish.Vulnerability{Severity: f.Severity(), Text: f.Text()})
		}
		return out, err
	}
}
