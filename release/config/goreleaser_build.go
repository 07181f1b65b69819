package config

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
)

func (m *mapper) builds() {
	list := m.from.Builds
	if len(list) == 0 {
		if slices.ContainsFunc(m.notices, func(n Notice) bool { return n.Code == "ignored" && strings.HasPrefix(n.Section, "builds.") }) {
			m.fail(m.node("builds"), "builds: nothing is left to build, all was ignored", "builds：全部被忽略，没有可构建的内容")
			return
		}
		list = []config.Build{{}}
	}
	for i, c := range list {
		m.to.Builds = append(m.to.Builds, m.build(c, strconv.Itoa(i)))
	}
}

func (m *mapper) build(c config.Build, at string) Build {
	b := Build{
		ID:     cmp.Or(c.ID, m.to.Name, "default"),
		Main:   cmp.Or(c.Main, "."),
		Dir:    c.Dir,
		Binary: cmp.Or(c.Binary, "{{ .ProjectName }}"),
		Flags:  c.Flags, Ldflags: c.Ldflags, Tags: c.Tags, Asmflags: c.Asmflags, Gcflags: c.Gcflags,
		Buildmode: c.Buildmode,
		Pre:       m.hooks(c.Hooks.Pre),
		Post:      m.hooks(c.Hooks.Post),
		ModTime:   c.ModTimestamp,
		Skip:      c.Skip,
		Targets:   m.targets(c, at),
	}
	if len(b.Ldflags) == 0 {
		b.Ldflags = []string{goreleaserLdflags}
	}
	if c.GoBinary != "" {
		m.deprecated("builds.gobinary", "builds.tool", "builds", at, "gobinary")
	}
	b.Env = expandEnv(c.Env)
	cgo, said := cgoIn(append(slices.Clone(m.to.Env), b.Env...))
	b.AllowDynamic = cgo
	if !said {
		b.Env = append(b.Env, "CGO_ENABLED=0")
		if c.Skip != "true" && !slices.ContainsFunc(m.notices, func(n Notice) bool { return n.Code == "default" }) {
			m.notice("default", "builds.env", m.file.Line("builds", at), "CGO_ENABLED is not set, it is 0 here: binaries are static",
				"未设置 CGO_ENABLED，此处为 0：二进制是静态的")
		}
	}
	for j, o := range c.BuildDetailsOverrides {
		if override, ok := m.override(o, at, strconv.Itoa(j)); ok {
			b.Overrides = append(b.Overrides, override)
		}
	}
	return b
}

func (m *mapper) override(o config.BuildDetailsOverride, at, j string) (Override, bool) {
	n := m.node("builds", at, "overrides", j)
	if o.Goos == "" || o.Goarch == "" {
		m.fail(n, "builds.overrides: goos and goarch are both needed", "builds.overrides：goos 和 goarch 都要写")
		return Override{}, false
	}
	level := o.Goamd64 + o.Go386 + o.Goarm + o.Goarm64 + o.Gomips + o.Goppc64 + o.Goriscv64
	t, err := newTarget(o.Goos, o.Goarch, level)
	if err != nil {
		m.errs = append(m.errs, m.file.Errorf(n, "builds.overrides: %w", "builds.overrides：%w", err))
		return Override{}, false
	}
	env := expandEnv(o.Env)
	dynamic, _ := cgoIn(env)
	return Override{
		OS: t.OS, Arch: t.ArchName(), Level: t.FullLevel(), // GoReleaser matches the default level when none is written
		Flags: o.Flags, Ldflags: o.Ldflags, Tags: o.Tags, Asmflags: o.Asmflags, Gcflags: o.Gcflags,
		Env: env, Buildmode: o.Buildmode, AllowDynamic: dynamic,
	}, true
}

// cgoIn looks for the last CGO_ENABLED in a list of KEY=VALUE.
func cgoIn(env []string) (on, said bool) {
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "CGO_ENABLED="); ok {
			on, said = strings.TrimSpace(v) != "0", true
		}
	}
	return on, said
}

// expandEnv turns $NAME and ${NAME}, which GoReleaser fills in from its own
// environment in a build's env, into templates that ask for the same variable:
// only what is asked for is then given.
func expandEnv(env []string) []string {
	var all []string
	for _, kv := range env {
		var b strings.Builder
		for rest := kv; rest != ""; {
			text, action, found := strings.Cut(rest, "{{")
			b.WriteString(os.Expand(text, func(name string) string { return `{{ envOrDefault ` + strconv.Quote(name) + ` "" }}` }))
			if !found {
				break
			}
			inner, after, closed := strings.Cut(action, "}}")
			b.WriteString("{{" + inner)
			if closed {
				b.WriteString("}}")
			}
			rest = after
		}
		all = append(all, b.String())
	}
	return all
}
