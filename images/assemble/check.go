package assemble

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Facts are what a base says of itself and what its layers show.
type Facts struct {
	Source    string          `json:"source"`             // as ParseSource reads it
	Arch      string          `json:"arch,omitempty"`     // declared, as GOARCH; "" where nothing declares it
	Programs  []string        `json:"programs,omitempty"` // architectures of its programs, the commonest first
	Digest    string          `json:"digest,omitempty"`   // of the manifest; of the configuration in a docker archive
	Index     string          `json:"index,omitempty"`    // digest of the index it was found in
	Rootfs    string          `json:"rootfs,omitempty"`   // digest of the archive
	Families  []matrix.Family `json:"families,omitempty"` // whose package databases it has
	OS        string          `json:"os,omitempty"`       // ID of os-release
	OSVersion string          `json:"osVersion,omitempty"`
	World     loongarch.World `json:"world,omitempty"` // loong64 only
	HasGo     bool            `json:"hasGo,omitempty"` // has something at /usr/local/go
	Layers    int             `json:"layers"`
	Warnings  []Warning       `json:"warnings,omitempty"`
}

// Need is what a base is asked to be. Zero fields ask nothing.
type Need struct {
	Arch   string          // GOARCH
	Digest string          // of its manifest or index; of the configuration of a docker archive; of the file of a root file system
	Family matrix.Family   // None = it has no package database
	World  loongarch.World // of the SDK that it shall carry; looked at for loong64 alone
}

// CheckOptions are for [Check].
type CheckOptions struct {
	Base      Source
	Need      Need              // Arch is required
	Cache     string            // directory of the layer cache; required
	Transport http.RoundTripper // for a registry; nil = a direct one without proxies
	Progress  func(Event)       // nil = nobody asks
}

// Check reads a base and tells what it is. An error says that it cannot be read or
// is not what is needed. Facts are given as far as they are known, also with an
// error about what is needed.
func Check(ctx context.Context, o CheckOptions) (*Facts, error) {
	if machineOf(o.Need.Arch) == 0 {
		return nil, unknownArch(o.Need.Arch)
	}
	c, err := openCache(o.Cache)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	rt, done := transportOr(o.Transport)
	defer done()
	b, err := opener{cache: c, transport: rt, on: o.Progress}.open(ctx, o.Base, o.Need.Arch, o.Need.Digest)
	if err != nil {
		return nil, c.forget(err)
	}
	f := b.facts(o.Need.Arch)
	return &f, f.meets(o.Need)
}

func unknownArch(arch string) error {
	return msg.Errorf("unknown architecture %q", "未知的架构 %q", arch).WithHint("use amd64, arm64 or loong64", "可用 amd64、arm64 或 loong64").WithKind(msg.Usage)
}

// transportOr is the given one, or one of ours that done closes.
func transportOr(rt http.RoundTripper) (_ http.RoundTripper, done func()) {
	if rt != nil {
		return rt, func() {}
	}
	c := httpx.New(httpx.Options{})
	return c.Transport, c.CloseIdleConnections
}

func (b *base) facts(arch string) Facts {
	f := Facts{
		Source: b.source.String(), Arch: b.arch, Programs: b.tree.archs(),
		Digest: b.digest, Index: b.index, Rootfs: b.rootfs,
		Families: b.tree.families(), HasGo: b.tree.has(sdkDir), Layers: len(b.layers), Warnings: slices.Clone(b.notes),
	}
	f.OS, f.OSVersion = b.tree.release()
	if arch == "loong64" {
		f.World = loongarch.TreeWorld(b.tree.has)
		if f.World == loongarch.Both {
			f.Warnings = append(f.Warnings, warn("base-worlds",
				"the base has the loaders of both LoongArch worlds; which programs run is for the kernel to decide", "基础镜像同时带有龙架构新旧两个世界的加载器；哪些程序能运行取决于内核"))
		}
	}
	if b.source.Kind != Scratch && b.arch == "" && len(f.Programs) == 0 {
		f.Warnings = append(f.Warnings, warn("base-arch-unknown",
			"the base has no program that would show its architecture", "基础镜像中没有可据以判断架构的程序"))
	}
	if f.HasGo {
		f.Warnings = append(f.Warnings, warn("base-has-go",
			"the base has something of its own at /usr/local/go; it is hidden by the SDK", "基础镜像在 /usr/local/go 已有内容；会被 SDK 遮盖"))
	}
	return f
}

// meets says how the base is not what is needed.
func (f Facts) meets(n Need) error {
	err := archError(f.Arch, n.Arch)
	switch {
	case err != nil:
	case len(f.Programs) > 0 && !slices.Contains(f.Programs, n.Arch):
		err = msg.Errorf("its programs are for %s, not for %s", "其中的程序面向 %s，而不是 %s", f.Programs[0], n.Arch).
			WithHint("name the base of this architecture", "请指定该架构的基础镜像")
	case n.Family == matrix.None && len(f.Families) > 0:
		err = msg.Errorf("it has packages of the kind %s, and none were expected", "它带有 %s 类软件包，而预期没有软件包", f.Families[0])
	case n.Family != "" && n.Family != matrix.None && !slices.Contains(f.Families, n.Family):
		err = msg.Errorf("it has no %s packages, but %s", "它没有 %s 类软件包，而是 %s", n.Family, cmp.Or(names(familyNames(f.Families)), "-")).
			WithHint("see whether the reference is really that system's: some names are used twice", "请确认该引用确实属于该系统：有些名称被多个项目使用")
	case n.Arch == "loong64":
		err = carries(f.World, n.World)
	}
	if err != nil {
		return msg.Errorf("use base %s: %w", "使用基础镜像 %s：%w", f.Source, err)
	}
	return nil
}

func familyNames(all []matrix.Family) []string {
	var out []string
	for _, f := range all {
		out = append(out, string(f))
	}
	return out
}

// families are the kinds of packages that the tree has a database of.
func (t *tree) families() []matrix.Family {
	var out []matrix.Family
	for _, f := range []struct {
		family matrix.Family
		dirs   []string
	}{
		{matrix.RPM, []string{"var/lib/rpm", "usr/lib/sysimage/rpm"}},
		{matrix.Deb, []string{"var/lib/dpkg"}},
		{matrix.APK, []string{"lib/apk", "usr/lib/apk"}},
	} {
		if slices.ContainsFunc(f.dirs, t.isDir) {
			out = append(out, f.family)
		}
	}
	return out
}

// release reads ID and VERSION_ID of os-release.
func (t *tree) release() (id, version string) {
	text := t.read("etc/os-release")
	if text == nil {
		text = t.read("usr/lib/os-release")
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		value = strings.Trim(value, `"'`)
		switch name {
		case "ID":
			id = value
		case "VERSION_ID":
			version = value
		}
	}
	return id, version
}
