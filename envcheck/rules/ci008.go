package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var ci008 = envcheck.Rule{
	Code:     "CI008",
	Severity: envcheck.Security,
	Basis:    envcheck.Lexical,
	Title:    msg.Text{EN: "A Go SDK is fetched and nothing checks it", ZH: "下载 Go SDK 但未做校验"},
	Why: msg.Text{
		EN: "The compiler decides what every program contains. Whoever controls the mirror, or the way to it, decides the compiler; piped straight into tar there is not even a file left to compare. A login page answered with 200 ends in \"not in gzip format\".",
		ZH: "编译器决定每个程序的内容；控制镜像站或链路的人就能决定编译器。直接管道给 tar，连可供比对的文件都不会留下。若返回的是 200 状态的登录页，则报 “not in gzip format”。",
	},
	Fix: msg.Text{
		EN: "Compare with a sha256 that stands in the repository and came from go.dev, not from the mirror; or run yingzao check --deep in the job, which proves the unpacked Go against the checksum database; yingzao bootstrap apply fetches and proves in one go.",
		ZH: "与写在仓库中的 sha256 比对，该值应取自 go.dev 而非镜像站；或在作业中运行 yingzao check --deep，以校验和数据库核对解压后的 Go；yingzao bootstrap apply 则一次完成下载与验证。",
	},
	Before: `curl -sSL https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz | tar -C /usr/local -xz`,
	After:  `curl -sSLo go.tgz https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz && echo "$GO_SHA256  go.tgz" | sha256sum -c && tar -C /usr/local -xzf go.tgz`,
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		all := ciCommands(v)
		for i := range v.CIFiles { // ADD URL is a download as well
			f := &v.CIFiles[i]
			for _, l := range f.Lines {
				if word, rest := instruction(l.Text); f.Kind == envcheck.FromDocker && word == "ADD" && !addSum.Re().MatchString(rest) {
					all = append(all, ciLine{file: f, text: "curl -O " + rest, no: l.Line})
				}
			}
		}
		for _, l := range all {
			if !fetchesSDK.Re().MatchString(l.text) {
				continue
			}
			piped := intoTar.Re().MatchString(l.text)
			checked := slices.ContainsFunc(all, func(o ciLine) bool { return o.file == l.file && checksSum.Re().MatchString(o.text) })
			if checked && !piped {
				continue
			}
			f := envcheck.Finding{
				Subject:  l.file.Path,
				Where:    l.place(),
				Message:  msg.Textf("a Go SDK is downloaded and unpacked without a checksum", "下载并解压 Go SDK，没有核对校验和"),
				Evidence: l.evidence(),
				Fix:      &envcheck.Fix{Note: msg.Textf("store the file, run sha256sum -c with a value from go.dev, then unpack", "先存成文件，用取自 go.dev 的值执行 sha256sum -c，再解压")},
			}
			if piped {
				f.Message = msg.Textf("a Go SDK goes straight from the network into tar", "Go SDK 从网络直接进入 tar")
			}
			out = append(out, f)
		}
		return out
	},
}

var (
	fetchesSDK = lazyre.New(`(?i)\b(curl|wget|aria2c|invoke-webrequest|iwr|certutil -urlcache)\b.*\bgo\$?[\w.{}-]*\.(linux|windows|darwin|\$)[\w.${}-]*\.(tar\.gz|zip|msi|pkg)`)
	intoTar    = lazyre.New(`(?i)\.tar\.gz[^|;&]*\|\s*(sudo )?(tar|bsdtar|gunzip|gzip)\b`)
	checksSum  = lazyre.New(`(?i)\b(sha256sum|shasum|gpg (--\w+ )*--verify|gpgv|openssl dgst|get-filehash|certutil -hashfile)\b`)
	addSum     = lazyre.New(`--checksum=sha256:[0-9a-f]{64}`)
)
