package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func downloadRules() rules {
	return rules{{
		Code: "DKR020", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "A syntax line makes BuildKit pull from Docker Hub", ZH: "syntax 指示使 BuildKit 到 Docker Hub 拉取镜像"},
		Why:    msg.Text{EN: "Before it reads another line, BuildKit pulls the named image to parse the file. Where Docker Hub cannot be reached no build starts.", ZH: "BuildKit 在读下一行之前就会拉取所写的镜像来解析文件；访问不到 Docker Hub 的地方，任何构建都无法开始。"},
		Fix:    msg.Text{EN: "Delete the line: what it brought has long been in every BuildKit. Or name an image in a registry of your own.", ZH: "删除该行：它带来的功能早已内置于各版 BuildKit。或者写自己仓库里的镜像。"},
		Before: "# syntax=docker/dockerfile:1\nFROM debian:12",
		After:  "FROM debian:12",
		Find:   findSyntax,
	}, {
		Code: "DKR021", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "A download is run as it comes", ZH: "下载的内容被直接执行"},
		Why:    msg.Text{EN: "Whoever answers, a mirror, a proxy, a captive portal, decides what runs in the build; and a connection that breaks runs half a script.", ZH: "谁应答（镜像站、代理、认证页面），谁就决定构建中执行什么；连接中断时还会执行半个脚本。"},
		Fix:    msg.Text{EN: "Save it, compare it with a checksum that stands in the Dockerfile, and run it then.", ZH: "先保存，与写在 Dockerfile 里的校验和比对，然后再执行。"},
		Before: "FROM debian:12\nRUN curl -fsSL https://get.example/install.sh | sh",
		After:  "FROM debian:12\nRUN curl -fsSLo i.sh https://get.example/install.sh && echo '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  i.sh' | sha256sum -c && sh i.sh",
		Find:   findPiped,
	}, {
		Code: "DKR022", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "A downloaded archive or program is not verified", ZH: "下载的归档或程序未经验证"},
		Why:    msg.Text{EN: "TLS says who was asked, not that the file is the right one: mirrors are filled by many, and an SDK with one changed byte builds changed programs.", ZH: "TLS 只能说明向谁请求，不能说明文件正确：镜像站的内容来自多方，改动一个字节的 SDK 会编译出被改动的程序。"},
		Fix:    msg.Text{EN: "Compare it with sha256sum -c in the same RUN, the sum in the Dockerfile and not from the same host. For Go: yingzao image sdk fetch and COPY.", ZH: "在同一条 RUN 中用 sha256sum -c 比对，校验和写在 Dockerfile 里而不是取自同一主机。Go SDK 请用 yingzao image sdk fetch 再 COPY。"},
		Before: "FROM debian:12\nRUN curl -fsSL https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz | tar -C /usr/local -xz",
		After:  "FROM debian:12\nARG SUM\nRUN curl -fsSLo go.tgz https://mirrors.aliyun.com/golang/go1.26.8.linux-amd64.tar.gz && echo \"$SUM  go.tgz\" | sha256sum -c && tar -C /usr/local -xzf go.tgz && rm go.tgz",
		Find:   func(v *view) []lint.Finding { return v.unverified("https") },
	}, {
		Code: "DKR023", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "Fetched over http:// without a checksum", ZH: "经 http:// 下载且没有校验和"},
		Why:    msg.Text{EN: "Anybody on the way may change the file, and transparent caches do.", ZH: "传输路径上的任何人都能改动文件，透明缓存也确实会这样做。"},
		Fix:    msg.Text{EN: "Use https://, and compare with sha256sum -c in the same RUN.", ZH: "改用 https://，并在同一条 RUN 中用 sha256sum -c 比对。"},
		Before: "FROM debian:12\nRUN wget http://files.example/tool.conf -O /etc/tool.conf",
		After:  "FROM debian:12\nRUN wget https://files.example/tool.conf -O /etc/tool.conf",
		Find:   func(v *view) []lint.Finding { return v.unverified("http") },
	}, {
		Code: "DKR024", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "TLS certificates are not checked", ZH: "未校验 TLS 证书"},
		Why:    msg.Text{EN: "Without the check TLS protects against nobody who can answer in the host's place; credentials go to them as well.", ZH: "不校验证书，TLS 就无法防范任何能冒充主机应答的人，凭据也会一并交出。"},
		Fix:    msg.Text{EN: "Copy the organisation's CA certificate into the image and run update-ca-certificates or update-ca-trust.", ZH: "把本单位的 CA 证书复制进镜像并运行 update-ca-certificates 或 update-ca-trust。"},
		Before: "FROM debian:12\nRUN curl -kfsSLO https://files.example/tool.conf",
		After:  "FROM debian:12\nRUN curl -fsSLO https://files.example/tool.conf",
		Find:   findUnchecked,
	}, {
		Code: "DKR025", Severity: lint.Note, Since: "0.5.0",
		Title:  msg.Text{EN: "Only new builders understand this", ZH: "只有较新的构建器支持此写法"},
		Why:    msg.Text{EN: "ADD --checksum and here-documents need BuildKit; the Docker that comes with many Xinchuang systems, and older buildah and kaniko, stop there.", ZH: "ADD --checksum 与 here-document 需要 BuildKit；许多信创系统自带的 Docker 以及较旧的 buildah、kaniko 会在此中止。"},
		Fix:    msg.Text{EN: "Copy from the build context, and join commands by && in RUN.", ZH: "从构建上下文复制文件，并在 RUN 中用 && 连接命令。"},
		Before: "FROM debian:12\nRUN <<EOF\nset -e\ndate\nEOF",
		After:  "FROM debian:12\nRUN set -e; date",
		Find:   findNewSyntax,
	}}
}

func findSyntax(v *view) []lint.Finding {
	var out []lint.Finding
	for _, d := range v.file.Directives {
		if d.Name != "syntax" {
			continue
		}
		image, _, _ := strings.Cut(d.Value, " ")
		if r := parseRef(image); r.registry == "" || r.registry == "docker.io" || r.registry == "registry-1.docker.io" {
			out = append(out, lint.Found(d.Line, r.String(), "%s is pulled from Docker Hub before anything is built", "构建开始之前要先从 Docker Hub 拉取 %s", r))
		}
	}
	return out
}

func findPiped(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, r := range s.runs {
			for _, c := range r.cmds {
				for _, d := range c.downloads() {
					runner := ""
					if i := slices.IndexFunc(d.piped, func(n string) bool { return slices.Contains(shells, n) }); i >= 0 {
						runner = d.piped[i]
					} else if !d.saved && (slices.Contains(shells, d.inside) || slices.Contains([]string{"eval", "source", "."}, d.inside)) {
						runner = d.inside
					}
					if runner != "" {
						out = append(out, lint.Found(d.line, d.shown(), "%s is fed to %s unseen", "%s 未经查验便交给 %s 执行", d.shown(), runner))
					}
				}
			}
		}
	}
	return out
}

func (v *view) unverified(scheme string) []lint.Finding {
	var out []lint.Finding
	report := func(d download) {
		got, _, _ := strings.Cut(strings.ToLower(d.url), "://")
		if got != "http" {
			got = "https" // and ftp, and a scheme in a variable
		}
		if got != scheme || d.local() {
			return
		}
		if scheme == "http" {
			out = append(out, lint.Found(d.line, d.shown(), "%s can be changed on its way", "%s 可能在传输途中被改动", d.shown()))
			return
		}
		out = append(out, lint.Found(d.line, d.shown(), "%s is used as it comes", "%s 未经比对便被使用", d.shown()))
	}
	for _, s := range v.stages {
		runs := s.runs
		s.instructions(func(in *dockerfile.Instruction, line int) {
			switch in.Name {
			case "RUN":
				r := runs[0]
				runs = runs[1:]
				if r.verifies() {
					return
				}
				for _, c := range r.cmds {
					for _, d := range c.downloads() {
						used := d.saved || len(d.piped) > 0
						if d.archive() || scheme == "http" && used {
							report(d)
						}
					}
				}
			case "ADD":
				if in.Flag("checksum") != "" || slices.ContainsFunc(runs, run.verifies) || len(in.Args) == 0 {
					return
				}
				for _, src := range in.Args[:len(in.Args)-1] {
					url, _ := s.vars.fill(src)
					if path, _, _ := strings.Cut(url, "#"); strings.Contains(url, "://") && !strings.HasSuffix(path, ".git") {
						report(download{url: url, line: line})
					}
				}
			}
		})
	}
	return out
}

func findUnchecked(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, set := range s.settings {
			switch strings.ToUpper(set.key) {
			case "GIT_SSL_NO_VERIFY", "NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY":
				if off := set.value == "0" || set.value == "false" || set.value == ""; off != (set.key == "GIT_SSL_NO_VERIFY") {
					out = append(out, lint.Found(set.line, set.key, "%s switches the check off", "%s 关闭了证书校验", set.key))
				}
			}
		}
		for _, r := range s.runs {
			for _, c := range r.cmds {
				off := ""
				switch c.name {
				case "curl":
					if c.flag('k') || c.has("--insecure") {
						off = "curl -k"
					}
				case "wget":
					if c.has("--no-check-certificate") {
						off = "wget --no-check-certificate"
					}
				case "git":
					if c.has("http.sslVerify=false") || c.has("http.sslVerify") && c.has("false") {
						off = "git http.sslVerify=false"
					}
				case "dnf", "yum", "microdnf":
					if c.has("--setopt=sslverify=false", "--setopt=sslverify=0", "--nogpgcheck") {
						off = c.name + " sslverify/gpgcheck"
					}
				case "apt-get", "apt":
					if c.has("--allow-unauthenticated", "--force-yes") || slices.ContainsFunc(c.args, func(a string) bool { return strings.Contains(a, "Verify-Peer=false") }) {
						off = c.name + " --allow-unauthenticated"
					}
				}
				if off != "" {
					out = append(out, lint.Found(c.line, off, "%s switches the check off", "%s 关闭了校验", off))
				}
			}
		}
	}
	return out
}

func findNewSyntax(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		s.instructions(func(in *dockerfile.Instruction, line int) {
			if in.Flag("checksum") != "" {
				out = append(out, lint.Found(line, "ADD --checksum", "ADD --checksum needs BuildKit", "ADD --checksum 需要 BuildKit"))
			}
			if len(in.Docs) > 0 {
				out = append(out, lint.Found(line, "<<", "the here-document needs BuildKit", "here-document 需要 BuildKit"))
			}
		})
	}
	return out
}
