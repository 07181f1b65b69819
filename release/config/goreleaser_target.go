package config

import (
	"slices"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// defaultArm is GoReleaser's GOARM where none is given; Go's own is 7.
const defaultArm = "6"

// firstClass is the list that GoReleaser means by go_first_class. It has no
// loong64.
var firstClass = []string{"darwin_amd64", "darwin_arm64", "linux_386", "linux_amd64", "linux_arm", "linux_arm64", "windows_386", "windows_amd64"}

// newTarget makes a target with GoReleaser's default levels.
func newTarget(goos, goarch, level string) (target.Target, error) {
	if goarch == "arm" && level == "" {
		level = defaultArm
	}
	return target.New(goos, goarch, level)
}

// targets are those of one build, in the order written.
func (m *mapper) targets(c config.Build, at string) []target.Target {
	if len(c.Targets) > 0 {
		return m.explicit(c, at)
	}
	return m.matrix(c, at)
}

// explicit reads targets: linux_amd64, linux_amd64_v1, go_first_class.
func (m *mapper) explicit(c config.Build, at string) []target.Target {
	n := m.node("builds", at, "targets")
	for key, values := range map[string]int{"goos": len(c.Goos), "goarch": len(c.Goarch), "ignore": len(c.Ignore)} {
		if values > 0 {
			m.notice("ignored", "builds."+key, n.Line, "builds.%s has no effect beside builds.targets", "写了 builds.targets 后，builds.%s 不起作用", key)
		}
	}
	var all []target.Target
	add := func(word string) {
		parts := strings.SplitN(word, "_", 3)
		parts = append(parts, "", "")[:max(3, len(parts))]
		t, err := newTarget(parts[0], parts[1], parts[2])
		if err != nil {
			m.errs = append(m.errs, m.file.Errorf(n, "builds.targets: %s: %w", "builds.targets：%s：%w", word, err))
			return
		}
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	for _, word := range c.Targets {
		if word == "go_first_class" || word == "go_118_first_class" {
			for _, w := range firstClass {
				add(w)
			}
			continue
		}
		add(word)
	}
	return all
}

// matrix is goos × goarch × levels, without what is ignored and without pairs
// that Go has no port for. GoReleaser drops the latter silently; here they are
// named where the person chose the lists.
func (m *mapper) matrix(c config.Build, at string) []target.Target {
	n := m.node("builds", at)
	goos, goarch := c.Goos, c.Goarch
	if len(goos) == 0 {
		goos = []string{"linux", "darwin", "windows"}
	}
	if len(goarch) == 0 {
		goarch = []string{"amd64", "arm64", "386"}
	}
	if !m.known(c, at) {
		return nil
	}
	var all []target.Target
	var dropped []string
	for _, os := range goos {
		var without []string // architectures that Go has no port for on this system
		for _, arch := range goarch {
			for _, level := range levelsOf(c, arch) {
				switch {
				case slices.ContainsFunc(c.Ignore, func(i config.IgnoredBuild) bool { return ignores(i, os, arch, level) }):
				case !target.Valid(os, arch):
					if !slices.Contains(without, arch) {
						without = append(without, arch)
					}
				default:
					t, err := newTarget(os, arch, level)
					if err != nil {
						m.errs = append(m.errs, m.file.Errorf(n, "builds: %w", "builds：%w", err))
					} else if !slices.Contains(all, t) {
						all = append(all, t)
					}
				}
			}
		}
		if len(without) > 0 {
			dropped = append(dropped, os+"/"+strings.Join(without, ","))
		}
	}
	if len(dropped) > 0 && len(c.Goos)+len(c.Goarch) > 0 {
		m.notice("skipped", "builds", n.Line, "Go has no port for %s", "Go 没有这些平台的移植：%s", strings.Join(dropped, " "))
	}
	return all
}

// known checks the words of goos and goarch one by one, so that a mistyped one
// is not taken for a pair without a port.
func (m *mapper) known(c config.Build, at string) bool {
	ok := true
	check := func(key string, words []string, make func(string) error, obsolete ...string) {
		for _, w := range words {
			if err := make(w); err != nil && !slices.Contains(obsolete, w) {
				m.errs = append(m.errs, m.file.Errorf(m.node("builds", at, key), "builds.%s: %w", "builds.%s：%w", key, err))
				ok = false
			}
		}
	}
	check("goos", c.Goos, func(w string) error {
		for _, arch := range []string{"amd64", "wasm", "ppc64", "arm64"} {
			if target.Valid(w, arch) {
				return nil
			}
		}
		_, err := target.New(w, "amd64", "")
		return err
	})
	check("goarch", c.Goarch, func(w string) error {
		if target.Valid("js", w) {
			return nil
		}
		_, err := target.New("linux", w, "")
		return err
	}, "sparc", "sparc64") // GoReleaser knows them, Go does not
	return ok
}

// levelsOf are the levels that a build asks for on an architecture; one empty
// one where it asks for none.
func levelsOf(c config.Build, arch string) []string {
	levels := map[string][]string{
		"386": c.Go386, "amd64": c.Goamd64, "arm": c.Goarm, "arm64": c.Goarm64, "riscv64": c.Goriscv64,
		"mips": c.Gomips, "mipsle": c.Gomips, "mips64": c.Gomips, "mips64le": c.Gomips,
		"ppc64": c.Goppc64, "ppc64le": c.Goppc64,
	}[arch]
	if len(levels) == 0 {
		return []string{""}
	}
	return levels
}

// ignores reports whether a rule of ignore: takes a combination out. A level in
// the rule is compared with the default where the build names none.
func ignores(i config.IgnoredBuild, os, arch, level string) bool {
	if i.Goos != "" && i.Goos != os || i.Goarch != "" && i.Goarch != arch {
		return false
	}
	if level == "" {
		if t, err := newTarget(os, arch, ""); err == nil {
			level = t.FullLevel()
		}
	}
	for archs, want := range map[string]string{
		"amd64": i.Goamd64, "386": i.Go386, "arm": i.Goarm, "arm64": i.Goarm64,
		"mips mipsle mips64 mips64le": i.Gomips, "ppc64 ppc64le": i.Goppc64, "riscv64": i.Goriscv64,
	} {
		if want != "" && (!slices.Contains(strings.Fields(archs), arch) || want != level) {
			return false
		}
	}
	return true
}
