package lint

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func loongRules() rules {
	return rules{{
		Code: "DKR040", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "goproxy.loongnix.cn outside the old world", ZH: "在旧世界之外使用 goproxy.loongnix.cn"},
		Why:    msg.Text{EN: "It serves modules that were changed for old-world LoongArch under the versions of the originals, so the checksum database has to be off for it. New-world LoongArch and other processors need none of those changes.", ZH: "它以原版本号提供为龙架构旧世界修改过的模块，因此必须关闭校验和数据库才能使用。新世界与其他处理器都不需要这些修改。"},
		Fix:    msg.Text{EN: "Use an ordinary mirror, for instance https://goproxy.cn.", ZH: "使用普通镜像站，例如 https://goproxy.cn。"},
		Before: "FROM lcr.loongnix.cn/library/golang:1.25\nRUN GOPROXY=http://goproxy.loongnix.cn:3000 go mod download",
		After:  "FROM lcr.loongnix.cn/library/golang:1.25\nRUN GOPROXY=https://goproxy.cn go mod download",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.stages {
				for _, set := range s.settings {
					if s.world != "old" && strings.Contains(set.value, "goproxy.loongnix.cn") {
						out = append(out, lint.Found(set.line, set.key, "the modules of goproxy.loongnix.cn are for old-world LoongArch, and %s is not known to be that", "goproxy.loongnix.cn 的模块只用于龙架构旧世界，而 %s 并不属于（或无法确定属于）旧世界", s.base()))
					}
				}
			}
			return out
		},
	}, {
		Code: "DKR041", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "Images of both LoongArch worlds, or of another platform", ZH: "混用了龙架构的两个世界，或平台不符"},
		Why:    msg.Text{EN: "cr.loongnix.cn has images of the old world and lcr.loongnix.cn of the new one, both for LoongArch alone. What is built in one world does not start in the other: SIGSEGV before main.", ZH: "cr.loongnix.cn 提供旧世界镜像，lcr.loongnix.cn 提供新世界镜像，且都只有龙架构。在一个世界构建的程序无法在另一个世界启动：在 main 之前就 SIGSEGV。"},
		Fix:    msg.Text{EN: "Take all stages that hand files to each other from one registry, and give them --platform=linux/loong64 or none.", ZH: "相互传递文件的阶段都取自同一仓库，--platform 写 linux/loong64 或不写。"},
		Before: "FROM lcr.loongnix.cn/library/golang:1.25 AS build\nRUN CGO_ENABLED=0 go build -o /app\nFROM cr.loongnix.cn/loongson/loongnix:20.7\nCOPY --from=build /app /app",
		After:  "FROM lcr.loongnix.cn/library/golang:1.25 AS build\nRUN CGO_ENABLED=0 go build -o /app\nFROM lcr.loongnix.cn/library/debian:trixie-slim\nCOPY --from=build /app /app",
		Find:   findMixedWorlds,
	}, {
		Code: "DKR042", Severity: lint.Error, Since: "0.5.0",
		Title:  msg.Text{EN: "The Go SDK is for the other LoongArch world", ZH: "Go SDK 属于龙架构的另一个世界"},
		Why:    msg.Text{EN: "Upstream Go for loong64 (ABI2.0) dies at its first signal call on old-world kernels, and Loongson's ABI1.0 Go on new ones. The archives have the same file names; only the folder tells them apart.", ZH: "上游的 loong64 Go（ABI2.0）在旧世界内核上第一次信号调用就崩溃，龙芯的 ABI1.0 Go 在新世界上也一样。两种归档文件名完全相同，只能靠目录区分。"},
		Fix:    msg.Text{EN: "Old world: Loongson's abi1.0 archive, or yingzao image sdk fetch --platform loong64-abi1.0. New world: upstream.", ZH: "旧世界：使用龙芯的 abi1.0 归档，或 yingzao image sdk fetch --platform loong64-abi1.0。新世界：使用上游发行包。"},
		Before: "FROM cr.loongnix.cn/loongson/loongnix:20.7\nADD https://golang.google.cn/dl/go1.26.8.linux-loong64.tar.gz /tmp/",
		After:  "FROM cr.loongnix.cn/loongson/loongnix:20.7\nCOPY abi1.0/go1.26.4.linux-loong64.tar.gz /tmp/",
		Find:   findWrongSDK,
	}}
}

func findMixedWorlds(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		r := parseRef(s.ref)
		if (r.registry == "cr.loongnix.cn" || r.registry == "lcr.loongnix.cn") && strings.Contains(s.platform, "/") && !strings.Contains(s.platform, "loong") {
			out = append(out, lint.Found(s.Line, r.String(), "%s has LoongArch images alone, not %s", "%s 只有龙架构镜像，没有 %s", r.registry, s.platform))
		}
		s.instructions(func(in *dockerfile.Instruction, line int) {
			if in.Name != "COPY" || s.world == "" || in.Flag("from") == "" {
				return
			}
			from, _ := s.vars.fill(in.Flag("from"))
			sys, base := known(from, "", nil), parseRef(from).String()
			if other := v.named(from); other != nil {
				sys, base = other.system, other.base()
			}
			if sys.world != "" && sys.world != s.world {
				out = append(out, lint.Found(line, base, "%s is of the %s world, this stage of the %s", "%s 属于 %s 世界，本阶段属于 %s 世界", base, sys.world, s.world))
			}
		})
	}
	return out
}

// upstream are hosts that have upstream's Go; their mirrors under these paths too.
var upstream = []string{"go.dev/dl/", "dl.google.com/go/", "golang.google.cn/dl/", "golang.org/dl/", "mirrors.aliyun.com/golang/", "mirrors.ustc.edu.cn/golang/", "mirror.nju.edu.cn/golang/", "/abi2.0/"}

func findWrongSDK(v *view) []lint.Finding {
	var out []lint.Finding
	for _, s := range v.stages {
		for _, k := range v.sdks(s) {
			sdk := "" // the world it is for
			switch {
			case strings.Contains(k.url, "abi1.0"):
				sdk = "old"
			case k.url != "" && containsAny(k.url, upstream), k.ref != "" && known(k.ref, "", nil).golang:
				sdk = "new"
			case k.from != nil:
				sdk = k.from.world
				if k.from.golang {
					sdk = "new"
				}
			}
			old := s.world == "old"
			if sdk == "new" && old || sdk == "old" && !old && s.from {
				out = append(out, lint.Found(k.line, k.what, "%s is for the %s world, and the base is %s", "%s 属于 %s 世界，而基础镜像是 %s", k.what, sdk, s.base()))
			}
		}
	}
	return out
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
