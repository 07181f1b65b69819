package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func baseRules() rules {
	return rules{{
		Code: "DKR001", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "apt on a base that has rpm packages", ZH: "在 rpm 系基础镜像上使用 apt"},
		Why:    msg.Text{EN: "The servers of Kylin and UOS, openEuler and Anolis are rpm systems: there is no apt-get, and the build stops with exit code 127. Articles that say otherwise mean the desktop editions, for which no base image exists.", ZH: "银河麒麟与统信的服务器版、openEuler、龙蜥都是 rpm 系统：没有 apt-get，构建会以退出码 127 中止。某些文章指的是桌面版，而桌面版并没有基础镜像。"},
		Fix:    msg.Text{EN: "Use dnf, microdnf or yum, whichever the base has; for several bases, ask with command -v first.", ZH: "使用基础镜像自带的 dnf、microdnf 或 yum；若要支持多种基础镜像，请先用 command -v 判断。"},
		Before: "FROM openeuler/openeuler:24.03-lts\nRUN apt-get update && apt-get install -y git",
		After:  "FROM openeuler/openeuler:24.03-lts\nRUN dnf install -y git && dnf clean all",
		Find: func(v *view) []lint.Finding {
			return v.strangers(func(family, manager string) bool { return family == "rpm" && manager == "deb" })
		},
	}, {
		Code: "DKR002", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "A package manager that the base does not have", ZH: "基础镜像没有该包管理器"},
		Why:    msg.Text{EN: "yum and dnf are for rpm systems, apt for Debian's, apk for Alpine, and images like scratch have none.", ZH: "yum 与 dnf 用于 rpm 系统，apt 用于 Debian 系，apk 用于 Alpine，而 scratch 之类的镜像什么都没有。"},
		Fix:    msg.Text{EN: "Use the manager of the base, or take another base.", ZH: "使用该基础镜像的包管理器，或换用其他基础镜像。"},
		Before: "FROM debian:12\nRUN yum install -y git",
		After:  "FROM debian:12\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*",
		Find: func(v *view) []lint.Finding {
			return v.strangers(func(family, manager string) bool {
				return family != manager && (family != "rpm" || manager != "deb")
			})
		},
	}, {
		Code: "DKR003", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "The base image does not exist, or is something else", ZH: "基础镜像不存在，或并非所想之物"},
		Why:    msg.Text{EN: "uos/server and kylinos/server are found in articles only: no registry has them. openeuler/kylin is Apache Kylin, an OLAP engine, and not the operating system.", ZH: "uos/server 与 kylinos/server 只出现在文章里，没有任何仓库提供。openeuler/kylin 是 OLAP 引擎 Apache Kylin，而不是操作系统。"},
		Fix:    msg.Text{EN: "Kylin: cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403. UOS: registry.uniontech.com/uos-server-base/uos-server-20-1070a. yingzao image list names more.", ZH: "银河麒麟：cr.kylinos.cn/kylin/kylin-server-platform:v10sp3-2403。统信：registry.uniontech.com/uos-server-base/uos-server-20-1070a。更多见 yingzao image list。"},
		Before: "FROM uos/server:20",
		After:  "FROM registry.uniontech.com/uos-server-base/uos-server-20-1070a:latest",
		Find:   findFictitious,
	}, {
		Code: "DKR004", Severity: lint.Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "The base is whatever is the latest", ZH: "基础镜像取的是“最新版”"},
		Why:    msg.Text{EN: "Without a tag, or with latest, the same Dockerfile gives another image tomorrow and on the machine next to it.", ZH: "没有标签或使用 latest，同一个 Dockerfile 明天、在另一台机器上得到的就是另一个镜像。"},
		Fix:    msg.Text{EN: "Name a version, best with its digest. Where a vendor has nothing but latest, leave a place for the digest: FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}.", ZH: "写明版本，最好带摘要。若厂商只提供 latest，请为摘要留出位置：FROM ${BASE}${BASE_DIGEST:+@${BASE_DIGEST}}。"},
		Before: "FROM openeuler/openeuler:latest",
		After:  "FROM openeuler/openeuler:24.03-lts",
		Find: func(v *view) []lint.Finding {
			return v.unpinned(func(r ref, raw string) bool {
				return !r.digest && (r.tag == "" || r.tag == "latest") && !strings.Contains(raw, "@")
			}, "%s has no version", "%s 没有写明版本")
		},
	}, {
		Code: "DKR005", Severity: lint.Note, Since: "0.5.0",
		Title:  msg.Text{EN: "The base has no digest", ZH: "基础镜像没有摘要"},
		Why:    msg.Text{EN: "A tag is moved when a vendor builds again: of Kylin V11's minimal image one build of a tag has microdnf and the next has no package manager at all.", ZH: "厂商重新构建时会移动标签：银河麒麟 V11 minimal 的同一标签，前一次构建还有 microdnf，后一次就完全没有包管理器了。"},
		Fix:    msg.Text{EN: "Add @sha256:…, or let the builder give it as an argument.", ZH: "加上 @sha256:…，或由构建者以参数给出。"},
		Before: "FROM debian:12",
		After:  "ARG BASE=debian:12\nFROM ${BASE}",
		Find: func(v *view) []lint.Finding {
			return v.unpinned(func(r ref, raw string) bool {
				return !r.digest && r.tag != "" && r.tag != "latest" && !strings.Contains(raw, "$")
			}, "%s can be moved to another image", "%s 可能被移到另一个镜像上")
		},
	}}
}

// strangers finds package managers that a base does not have.
func (v *view) strangers(wrong func(family, manager string) bool) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		if s.family == "" {
			continue
		}
		for _, r := range s.runs {
			for _, c := range r.cmds {
				if c.guarded || !slices.Contains(installers, c.name) || !wrong(string(s.family), managers[c.name]) || s.brings(c.name) {
					continue
				}
				out = append(out, lint.Found(c.line, c.name, "%s: the base %s has %s", "%s：基础镜像 %s 的包管理是 %s", c.name, s.base(), packagesOf(s.family)))
			}
		}
	}
	return out
}

// brings reports whether a stage installs a package manager itself.
func (s *stage) brings(manager string) bool {
	return slices.ContainsFunc(s.chain(), func(c *stage) bool { return c.packages[manager] })
}

func packagesOf(f matrix.Family) string {
	if f == matrix.None {
		return "-"
	}
	return string(f)
}

// base is the reference at the root of a stage's chain.
func (s *stage) base() string {
	chain := s.chain()
	if r := chain[len(chain)-1].ref; r != "" {
		return parseRef(r).String()
	}
	return "-"
}

func findFictitious(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		switch r := parseRef(s.ref); {
		case r.registry != "" && r.registry != "docker.io" && !strings.HasPrefix(r.registry, "localhost"):
		case r.repo == "uos/server" || r.repo == "kylinos/server":
			out = append(out, lint.Found(s.Line, r.String(), "no registry has %s", "没有任何仓库提供 %s", r))
		case r.repo == "openeuler/kylin":
			out = append(out, lint.Found(s.Line, r.String(), "%s is Apache Kylin, not the operating system", "%s 是 Apache Kylin，而不是操作系统", r))
		}
	}
	return out
}

// unpinned finds bases by their references as filled in and as written.
func (v *view) unpinned(is func(r ref, raw string) bool, en, zh string) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		if s.ref == "" || s.ref == "scratch" {
			continue
		}
		if r := parseRef(s.ref); is(r, s.Base) {
			out = append(out, lint.Found(s.Line, r.String(), en, zh, r))
		}
	}
	return out
}
