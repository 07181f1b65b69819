package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci004 = envcheck.Rule{
	Code:     "CI004",
	Severity: envcheck.Warning,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "An image gets two Go installations", ZH: "镜像中装了两套 Go"},
	Why: msg.Text{
		EN: "PATH decides which one builds, and it is another one for root than for a login shell, or after a line of the Dockerfile moves. The distribution's Go is usually years older, and has its own go.env.",
		ZH: "由 PATH 决定用哪一套构建；root 与登录 shell 的结果可能不同，Dockerfile 调整顺序后也会变。发行版的 Go 往往旧好几年，还带有自己的 go.env。",
	},
	Fix: msg.Text{
		EN: "Keep one: the golang image, or an SDK that was fetched and verified.",
		ZH: "只留一套：golang 镜像，或经过校验的 SDK。",
	},
	Before: "FROM golang:1.26\nRUN apt-get install -y golang-go gcc",
	After:  "FROM golang:1.26\nRUN apt-get install -y gcc",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for i := range v.CIFiles {
			f := &v.CIFiles[i]
			if f.Kind != envcheck.FromDocker {
				continue
			}
			for _, stage := range stages(f) {
				var found []envcheck.Evidence
				for _, l := range stage {
					if goComes.Re().MatchString(l.Text) {
						found = append(found, envcheck.Evidence{Name: "line", Value: l.Text, Place: envcheck.Place{Origin: f.Kind, File: f.Path, Line: l.Line}})
					}
				}
				if len(found) < 2 {
					continue
				}
				out = append(out, envcheck.Finding{
					Subject:  f.Path,
					Where:    found[1].Place,
					Message:  msg.Textf("this instruction brings a second Go; line %d brought the first", "该指令带来了第二套 Go；第 %d 行已有一套", found[0].Place.Line),
					Evidence: found,
					Fix:      &envcheck.Fix{Note: msg.Textf("drop one of the two instructions", "删去其中一条指令")},
				})
			}
		}
		return out
	},
}

// goComes are instructions that put a Go into an image: a golang base, a
// package, or an SDK archive. Copying a program out of a golang stage is none.
var goComes = lazyre.New(`(?i)^FROM (--\S+ )*(\S+/)?golang[:@ ]|^FROM (--\S+ )*(\S+/)?golang$` +
	`|^RUN .*\b(apt(-get)?|apk|yum|dnf|microdnf|zypper)\b.* (add|install)\b[^&|;]* (golang(-go|-\d[\d.]*|-bin)?|go)( |$|[;&|])` +
	`|^(RUN|ADD) .*\bgo\$?[\w.{}-]*\.(linux|\$)[\w.${}-]*\.tar\.gz` +
	`|^COPY .*--from=\S*golang\S* .*/usr/local/go/? `)
