package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func imageRules() rules {
	return rules{{
		Code: "DKR050", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "The image runs as root", ZH: "镜像以 root 运行"},
		Why:    msg.Text{EN: "Clusters that forbid it refuse the image, files in mounted folders belong to root afterwards, and an error in the program is one of root's.", ZH: "禁止 root 的集群会拒绝该镜像，挂载目录里的文件会归 root 所有，程序的漏洞也就是 root 的漏洞。"},
		Fix:    msg.Text{EN: "End with USER 65532:65532, and make the folders it writes to writable for any user.", ZH: "以 USER 65532:65532 结尾，并让需要写入的目录对任意用户可写。"},
		Before: "FROM debian:12\nCMD [\"/app\"]",
		After:  "FROM debian:12\nUSER 65532:65532\nCMD [\"/app\"]",
		Find:   findRoot,
	}, {
		Code: "DKR051", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "A secret in ARG or ENV", ZH: "ARG 或 ENV 中有机密"},
		Why:    msg.Text{EN: "Both are written into the image: ENV into its configuration, ARG into its history. Whoever can pull it can read them.", ZH: "两者都会写进镜像：ENV 写入配置，ARG 写入历史。能拉取镜像的人就能读到。"},
		Fix:    msg.Text{EN: "Mount it: RUN --mount=type=secret,id=netrc. Change a secret that has been in an image.", ZH: "用挂载方式传入：RUN --mount=type=secret,id=netrc。曾进入镜像的机密请立即更换。"},
		Before: "FROM golang:1.26\nARG GITLAB_TOKEN\nRUN go mod download",
		After:  "FROM golang:1.26\nRUN --mount=type=secret,id=netrc,target=/home/dev/.netrc go mod download",
		Find:   findSecrets,
	}, {
		Code: "DKR052", Severity: lint.Note, Since: "0.5.0",
		Title:  msg.Text{EN: "The image carries the time of its build", ZH: "镜像中写入了构建时刻"},
		Why:    msg.Text{EN: "Two builds of the same sources then differ in every digest behind that step, and nobody can prove one by the other.", ZH: "同一份源码的两次构建从这一步起摘要就不同，也就无法相互印证。"},
		Fix:    msg.Text{EN: "Take the commit's time as a build argument, or date -d @$SOURCE_DATE_EPOCH; unpack without tar -m.", ZH: "以构建参数传入提交时间，或使用 date -d @$SOURCE_DATE_EPOCH；解包时不要用 tar -m。"},
		Before: "FROM golang:1.26\nRUN CGO_ENABLED=0 go build -ldflags \"-X main.date=$(date +%F)\" .",
		After:  "FROM golang:1.26\nARG DATE\nRUN CGO_ENABLED=0 go build -ldflags \"-X main.date=$DATE\" .",
		Find:   findClock,
	}}
}

func findRoot(v *view) []lint.Finding {
	final := v.final()
	if !final.from {
		return nil
	}
	for _, s := range final.chain() {
		for i := len(s.Instructions) - 1; i >= 0; i-- {
			in := &s.Instructions[i]
			if in.Name != "USER" {
				continue
			}
			user, ok := s.vars.fill(in.Rest.String())
			name, _, _ := strings.Cut(user, ":")
			if ok && (name == "root" || name == "0") {
				return []lint.Finding{lint.Found(in.Line, "USER", "the last USER is %s", "最后的 USER 是 %s", name)}
			}
			return nil
		}
	}
	if final.user {
		return nil
	}
	return []lint.Finding{lint.Found(final.Line, "USER", "there is no USER in the last stage", "最后一个阶段没有 USER")}
}

var (
	secretWord = lazyre.New(`(?i)(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRETS|CREDENTIALS?|APIKEY|COOKIE|NETRC|(API|ACCESS|PRIVATE|SECRET|SIGNING|DEPLOY|ENCRYPTION|SSH|AUTH)_?KEY)(_?(BASE64|B64|ID|VALUE))?$`)
	userinfo   = lazyre.New(`://[^/\s:@$]*:[^/\s@$]+@`)
	tokenForm  = lazyre.New(`^(ghp_|gho_|ghs_|github_pat_|glpat-|glrt-|xox[bp]-|AKIA|LTAI|AKID|sk-)[A-Za-z0-9_-]{12,}$|-----BEGIN [A-Z ]*PRIVATE KEY`)
)

func findSecrets(v *view) []lint.Finding {
	var out []lint.Finding
	look := func(s setting) {
		named := s.how != "RUN" && secretWord.Re().MatchString(s.key) && s.key != "PWD" && s.key != "OLDPWD" && !(s.how == "ENV" && s.value == "") && !strings.HasPrefix(s.value, "/")
		switch {
		case named:
			out = append(out, lint.Found(s.line, s.key, "%s of %s stays in the image", "%s（%s）会留在镜像里", s.key, s.how))
		case userinfo.Re().MatchString(s.value) || tokenForm.Re().MatchString(s.value):
			out = append(out, lint.Found(s.line, s.key, "the value of %s holds a password or token, and %s keeps it in the image", "%s 的值中含有密码或令牌，%s 会将其留在镜像里", s.key, s.how))
		}
	}
	for _, s := range v.before {
		look(s)
	}
	for _, s := range v.stages {
		for _, set := range s.settings {
			look(set)
		}
	}
	return out
}

func findClock(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, r := range s.runs {
			for _, c := range r.cmds {
				switch {
				case c.name == "date" && (c.into || c.inside != "" && c.inside != "echo" && c.inside != "printf" && c.inside != "[") && !given(c):
					out = append(out, lint.Found(c.line, "date", "the time of the build goes into what is built", "构建时刻进入了产物"))
				case c.name == "tar" && (c.has("--touch") || c.flag('m') && c.flag('x')):
					out = append(out, lint.Found(c.line, "tar -m", "tar -m gives every file the time of the build", "tar -m 使每个文件都带上构建时刻"))
				}
			}
		}
	}
	return out
}

// given reports whether date is told a time, or asked for another's.
func given(c command) bool {
	return slices.ContainsFunc(c.args, func(a string) bool {
		return strings.Contains(a, "SOURCE_DATE_EPOCH") || strings.HasPrefix(a, "--date") || strings.HasPrefix(a, "--reference") || strings.HasPrefix(a, "-d") || strings.HasPrefix(a, "-r") || a == "-ud"
	})
}
