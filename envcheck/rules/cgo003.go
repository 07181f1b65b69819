package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var cgo003 = envcheck.Rule{
	Code:     "CGO003",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The C compiler builds for another architecture than Go", ZH: "C 编译器的目标架构与 Go 不一致"},
	Why: msg.Text{
		EN: "With cgo on, GOARCH alone does not cross-compile: the C parts, runtime/cgo among them, go through CC. A compiler of the wrong architecture stops with assembler messages like \"no such instruction: stp x29,x30\".",
		ZH: "启用 cgo 时，仅设 GOARCH 并不能交叉编译：包括 runtime/cgo 在内的 C 代码都由 CC 编译。架构不符的编译器会报 “no such instruction: stp x29,x30” 之类的汇编错误。",
	},
	Fix: msg.Text{
		EN: "Switch cgo off for this target (CGO_ENABLED=0), or set CC to a cross compiler of the target.",
		ZH: "为该目标关闭 cgo（CGO_ENABLED=0），或把 CC 设为目标架构的交叉编译器。",
	},
	Before: `CGO_ENABLED=1 GOARCH=arm64 go build`,
	After:  `CGO_ENABLED=1 GOARCH=arm64 CC=aarch64-linux-gnu-gcc go build`,
	Since:  "0.2.0",
	Causes: []string{"CGO012"},
	Find: func(v *envcheck.View) []envcheck.Finding {
		enabled := v.Env.Get("CGO_ENABLED")
		if enabled == "0" || enabled == "" && crossBuild(v) {
			return nil // cgo is off
		}
		os, arch := buildTarget(v)
		cc := v.InForce("CC")
		seen := v.Cgo.Machine
		if seen == "" {
			seen = tripleIn(cc.Value)
		}
		if seen == "" && cc.Key == "" && crossBuild(v) {
			seen = "host" // the default compiler, and nobody asked it
		}
		if seen == "" || os == "" || arch == "" || compilesFor(seen, os, arch) {
			return nil
		}
		f := envcheck.Finding{
			Subject: "CC",
			Where:   cc.Place,
			Message: msg.Textf("Go builds for %[1]s/%[2]s with cgo on, but the C compiler %[3]s builds for %[4]s", "Go 的目标为 %[1]s/%[2]s 且启用了 cgo，但 C 编译器 %[3]s 的目标是 %[4]s", os, arch, v.Env.Get("CC"), thisMachine(seen)),
			Evidence: []envcheck.Evidence{
				{Name: "GOOS/GOARCH", Value: os + "/" + arch, Place: v.InForce("GOARCH").Place},
				{Name: "CC", Value: v.Env.Get("CC"), Place: cc.Place},
			},
		}
		if v.Cgo.Machine != "" {
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "CC -dumpmachine", Value: v.Cgo.Machine})
		}
		switch {
		case crossBuild(v):
			f.Fix = v.FixSet(v.InForce("CGO_ENABLED"), "0", false)
		case cc.Key != "":
			f.Fix = v.FixUnset(cc, false)
		}
		return []envcheck.Finding{f}
	},
}

func thisMachine(triple string) msg.Text {
	if triple == "host" {
		return msg.Text{EN: "this machine", ZH: "本机"}
	}
	return msg.Text{EN: triple, ZH: triple}
}

// tripleIn finds the target that a compiler command names:
// aarch64-linux-gnu-gcc, or zig cc -target aarch64-linux-musl. "" = none.
func tripleIn(cc string) string {
	words := strings.Fields(cc)
	for i, w := range words {
		if t, ok := strings.CutPrefix(w, "--target="); ok {
			return t
		}
		if w == "-target" && i+1 < len(words) {
			return words[i+1]
		}
	}
	if len(words) == 0 {
		return ""
	}
	name := words[0][strings.LastIndexAny(words[0], `/\`)+1:]
	if strings.Count(name, "-") >= 2 && tripleArch(name) != "" {
		return name[:strings.LastIndex(name, "-")]
	}
	return ""
}

// tripleArch is Go's word for the architecture of a GNU triple; "" = not known.
func tripleArch(triple string) string {
	arch, _, _ := strings.Cut(triple, "-")
	if strings.HasPrefix(arch, "arm") && arch != "arm64" {
		return "arm"
	}
	return goName("GOARCH", arch)
}

// compilesFor reports whether a compiler with this triple fits the target. One
// that nothing is known about does.
func compilesFor(triple, os, arch string) bool {
	if triple == "host" {
		return false
	}
	system := ""
	for part, goos := range map[string]string{"linux": "linux", "mingw": "windows", "windows": "windows", "darwin": "darwin", "apple": "darwin", "macos": "darwin", "freebsd": "freebsd"} {
		if strings.Contains(triple, part) {
			system = goos
		}
	}
	if os == "ios" {
		os = "darwin"
	}
	if os == "android" {
		os = "linux"
	}
	if system != "" && system != os {
		return false
	}
	// One compiler serves both widths of x86: go passes -m32 itself.
	got := tripleArch(triple)
	return got == "" || got == arch || got == "amd64" && arch == "386" || got == "386" && arch == "amd64"
}
