// Package target names what a binary is built for.
//
// A target is written os/arch[/level]: linux/amd64, linux/amd64/v2,
// linux/arm64/v8.2,lse, linux/arm/7. The level is the value that Go calls
// GOAMD64, GOARM64, GOARM, GO386, GOMIPS, GOMIPS64, GOPPC64 or GORISCV64; the
// architecture's default level is left out, except on arm, where people expect
// to see it.
//
// LoongArch is two targets. linux/loong64 is the new world that upstream Go
// serves. linux/loong64-abi1.0 is the old world (Kylin V10, UOS 20, Loongnix
// 20), whose kernels kill an upstream binary before it can print; it needs
// Loongson's own toolchain.
package target

import (
	"cmp"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Target is what a binary is built for. The zero value is not a target.
// Values made by [Parse] or [New] are canonical and may be compared.
type Target struct {
	OS    string // GOOS
	Arch  string // GOARCH, without the world
	Level string // "" for the architecture's default (arm: always set)
	ABI1  bool   // old-world LoongArch (object ABI 1.0)
}

const oldWorld = "-abi1.0"

// Parse reads os/arch[/level].
func Parse(s string) (Target, error) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		return Target{}, msg.Errorf("target %q: not of the form os/arch[/level]", "目标 %q：格式应为 os/arch[/level]", s).
			WithHint("for example linux/amd64, linux/arm64, linux/loong64, linux/amd64/v2", "例如 linux/amd64、linux/arm64、linux/loong64、linux/amd64/v2").
			WithKind(msg.Usage)
	}
	level := ""
	if len(parts) == 3 {
		level = parts[2]
	}
	return New(parts[0], parts[1], level)
}

// New makes a canonical target of GOOS, GOARCH (or loong64-abi1.0) and a level
// ("" for the default).
func New(goos, goarch, level string) (Target, error) {
	arch, abi1 := strings.CutSuffix(goarch, oldWorld)
	spelled := goos + "/" + goarch
	archs, known := ports[goos]
	if !known {
		return Target{}, unknown(spelled, msg.Text{EN: "operating system", ZH: "操作系统"}, goos, nearest(goos, sortedKeys(ports), osAliases))
	}
	if !slices.Contains(archs, arch) || abi1 && (arch != "loong64" || goos != "linux") {
		return Target{}, unknown(spelled, msg.Text{EN: "architecture", ZH: "架构"}, goarch, nearest(goarch, archNames(archs), archAliases))
	}
	t := Target{OS: goos, Arch: arch, Level: level, ABI1: abi1}
	if level == "" {
		level = defaultLevel(arch)
	}
	if !validLevel(arch, level) {
		e := msg.Errorf("target %s: unknown level %q", "目标 %s：未知的级别 %q", spelled, level).WithKind(msg.Usage)
		if arch, ok := levels[arch]; ok {
			return Target{}, e.WithHint("%s is one of %s", "%s 可取 %s", arch.env, strings.Join(arch.values, ", "))
		}
		return Target{}, e.WithHint("%s has no levels", "%s 没有级别之分", arch)
	}
	t.Level = level
	if level == defaultLevel(arch) && arch != "arm" {
		t.Level = ""
	}
	return t, nil
}

// Valid reports whether Go has a port for the pair.
func Valid(goos, goarch string) bool {
	return slices.Contains(ports[goos], strings.TrimSuffix(goarch, oldWorld))
}

func unknown(spelled string, what msg.Text, name, near string) error {
	e := msg.Errorf("target %s: unknown %s %q", "目标 %s：未知的%s %q", spelled, what, name).WithKind(msg.Usage)
	if near == "" {
		return e.WithHint("go tool dist list prints the pairs that Go knows", "go tool dist list 可列出 Go 支持的组合")
	}
	return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
}

// String writes the target as [Parse] reads it.
func (t Target) String() string {
	s := t.OS + "/" + t.ArchName()
	if t.Level != "" {
		s += "/" + t.Level
	}
	return s
}

// ArchName is the architecture with its world: loong64-abi1.0 for the old one,
// else GOARCH.
func (t Target) ArchName() string {
	if t.ABI1 {
		return t.Arch + oldWorld
	}
	return t.Arch
}

// Slug is the target as one path element: linux_amd64, linux_amd64_v2,
// linux_arm64_v8.2-lse.
func (t Target) Slug() string {
	return strings.NewReplacer("/", "_", ",", "-").Replace(t.String())
}

// FullLevel is the level with the default spelled out: v1 for linux/amd64; ""
// where the architecture has none.
func (t Target) FullLevel() string {
	return cmp.Or(t.Level, defaultLevel(t.Arch))
}

// Env is what the go command must see to build for t: GOOS, GOARCH and the
// level's variable, always spelled out.
func (t Target) Env() []string {
	env := []string{"GOOS=" + t.OS, "GOARCH=" + t.Arch}
	if l, ok := levels[t.Arch]; ok {
		env = append(env, l.env+"="+t.FullLevel())
	}
	return env
}

// MarshalText and UnmarshalText make a target a string in JSON and YAML.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText is [Parse].
func (t *Target) UnmarshalText(b []byte) (err error) {
	*t, err = Parse(string(b))
	return err
}

// Compare orders targets: by operating system, architecture, world, level.
func Compare(a, b Target) int {
	return cmp.Or(cmp.Compare(a.OS, b.OS), cmp.Compare(a.ArchName(), b.ArchName()), cmp.Compare(a.Level, b.Level))
}
