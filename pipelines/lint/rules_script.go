package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func scriptRules() rules {
	return rules{{
		Code: "PPL050", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "The image is whatever is the latest", ZH: "镜像取的是“最新版”"},
		Why:    msg.Text{EN: "Without a tag, or with latest, the same commit builds with another Go tomorrow and on the runner next to it.", ZH: "没有标签或使用 latest，同一提交明天、在另一台 runner 上就会用不同的 Go 构建。"},
		Fix:    msg.Text{EN: "Name a version: golang:1.26, best with its digest.", ZH: "写明版本：golang:1.26，最好带摘要。"},
		Before: "build:\n  image: golang:latest\n  script: [go build ./...]",
		After:  "build:\n  image: golang:1.26\n  script: [go build ./...]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, i := range v.images {
				if floating(i.ref) {
					out = append(out, lint.Found(i.line, i.ref, "%s has no version", "%s 没有写明版本", i.ref))
				}
			}
			return out
		},
	}, {
		Code: "PPL051", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A job installs a tool without naming its version", ZH: "作业安装工具时没有指定版本"},
		Why:    msg.Text{EN: "@latest is whatever the mirror says today: two mirrors differ, a filtered one may answer with a version that is years old, and the next run of the same commit may use another tool. go.sum is not consulted.", ZH: "@latest 取决于镜像当天的答复：两个镜像可能不同，受过滤的镜像可能给出几年前的版本；同一提交再次运行时用的可能是另一个工具。此时也不查 go.sum。"},
		Fix:    msg.Text{EN: "Name the version, or record the tool in go.mod (go get -tool) and run go tool.", ZH: "写明版本，或用 go get -tool 把工具记入 go.mod，再以 go tool 运行。"},
		Before: "lint:\n  script: [go install golang.org/x/vuln/cmd/govulncheck@latest]",
		After:  "lint:\n  script: [go install golang.org/x/vuln/cmd/govulncheck@v1.1.4]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, c := range v.commands {
				if c.name != "go" || !c.has("install", "get", "run") {
					continue
				}
				for _, a := range c.args {
					pkg, version, _ := strings.Cut(a, "@")
					if slices.Contains([]string{"latest", "upgrade", "HEAD", "main", "master", "develop"}, version) {
						out = append(out, lint.Found(c.line, pkg, "%[1]s is installed as @%[2]s: which version that is changes from run to run", "%[1]s 以 @%[2]s 安装：每次运行得到的版本可能不同", pkg, version))
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL052", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "A download is run as it comes", ZH: "下载内容未经检查就被执行"},
		Why:    msg.Text{EN: "Whoever controls the host, or the way to it, runs commands with the job's tokens. A download that breaks off runs its first half.", ZH: "控制该主机或链路的人，可以带着作业的令牌执行任意命令。下载中断时，前半截照样会执行。"},
		Fix:    msg.Text{EN: "Save it, compare it with a checksum that stands in the repository, and run it then; or put the tool into the image.", ZH: "先存成文件，与仓库中的校验和比对，再执行；或把工具装进镜像。"},
		Before: "lint:\n  script:\n    - curl -sSfL https://get.example/install.sh | sh",
		After:  "lint:\n  script:\n    - curl -sSfLo install.sh https://get.example/install.sh\n    - echo \"$INSTALL_SHA256  install.sh\" | sha256sum -c\n    - sh install.sh",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, c := range v.commands {
				if c.name != "curl" && c.name != "wget" {
					continue
				}
				url := c.url()
				runs := slices.ContainsFunc(c.piped, func(n string) bool { return slices.Contains(shells, n) }) ||
					slices.Contains(shells, c.inside) || slices.Contains([]string{"eval", "source", "."}, c.inside)
				if url != "" && runs && !localURL.Re().MatchString(url) {
					out = append(out, lint.Found(c.line, hostOf(url), "what %s sends is run at once", "%s 发来的内容会立即执行", hostOf(url)))
				}
			}
			return out
		},
	}}
}

var shells = []string{"sh", "bash", "ash", "dash", "ksh", "zsh", "python", "python3", "perl", "ruby", "node"}

var localURL = lazyre.New(`^(https?://)?(localhost|127\.|\[::1\])`)

// url is what a download fetches.
func (c command) url() string {
	for _, a := range c.args {
		if strings.Contains(a, "://") || strings.HasPrefix(a, "$") {
			return a
		}
	}
	return ""
}

// hostOf is a URL's host without what may be a secret.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "$…"
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:]
}

// floating reports whether a reference to an image has no version. What is filled in
// later may have one.
func floating(ref string) bool {
	if strings.ContainsAny(ref, "$@ ") || ref == "scratch" {
		return false
	}
	name := ref[strings.LastIndexByte(ref, '/')+1:]
	_, tag, tagged := strings.Cut(name, ":")
	return !tagged || tag == "" || tag == "latest"
}
