package config

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// loadOurs reads the release section of .yingzao.yaml.
func loadOurs(dir, name string, data []byte, o Options) (*Project, error) {
	s, err := yamlfile.Open(name, data)
	if err != nil {
		return nil, err
	}
	var f ours
	if err := s.Decode("release", &f); err != nil {
		return nil, err
	}
	l := layer{file: s.File(), from: f}
	p := defaults(dir, Yingzao)
	if f.From == "" && len(f.Ignore)+len(o.Ignore) > 0 {
		return nil, unknownIgnore(append(f.Ignore, o.Ignore...)[0], nil)
	}
	if f.From != "" {
		from := f.From
		if !filepath.IsAbs(from) {
			from = filepath.Join(filepath.Dir(name), from)
		}
		data, err := read(dir, from)
		if err != nil {
			return nil, l.file.Errorf(l.at("from"), "release.from: %w", "release.from：%w", err)
		}
		o.Ignore = append(slices.Clone(o.Ignore), f.Ignore...)
		if p, err = loadGoReleaser(dir, from, data, o); err != nil {
			return nil, err
		}
	}
	p.File = name
	l.to = p
	l.apply()
	return p, yamlfile.Join(l.errs...)
}

// layer lays the keys of a release section over a Project, ours or a
// GoReleaser file's. A key that is not given changes nothing.
type layer struct {
	file *yamlfile.File
	from ours
	to   *Project
	errs []*msg.Error
}

func (l *layer) apply() {
	f, p := l.from, l.to
	p.Name = cmp.Or(f.ProjectName, p.Name)
	set(&p.Env, f.Env)
	set(&p.Before, f.Before.project())
	if len(f.Targets) > 0 {
		p.EachMain.Targets = targets(f.Targets)
		for i := range p.Builds {
			p.Builds[i].Targets = targets(f.Targets)
		}
	}
	if len(f.Builds) > 0 {
		p.Builds = nil
		for _, b := range f.Builds {
			p.Builds = append(p.Builds, l.build(b))
		}
	}
	if len(f.Archives) > 0 {
		p.Archives = nil
		for i, a := range f.Archives {
			p.Archives = append(p.Archives, l.archive(a, strconv.Itoa(i)))
		}
	}
	if len(f.NFPMs) > 0 {
		p.Packages = nil
		for _, k := range f.NFPMs {
			p.Packages = append(p.Packages, k.project())
		}
	}
	if len(f.Universal) > 0 {
		p.Universal = nil
		for _, u := range f.Universal {
			p.Universal = append(p.Universal, l.universal(u))
		}
	}
	l.rest()
}

// rest are the sections that are one value each.
func (l *layer) rest() {
	f, p := l.from, l.to
	if s := f.Source; s != nil {
		format := cmp.Or(s.Format, string(archive.TarGz))
		p.Source = SourceArchive{Enabled: s.Enabled, Name: cmp.Or(s.NameTemplate, p.Source.Name), Prefix: s.PrefixTemplate, Files: s.Files.project(),
			Format: first(l.formats(texts{format}, "source", "format"))}
	}
	if c := f.Checksum; c != nil {
		name := "SHA256SUMS"
		if c.Split {
			name = "{{ .ArtifactName }}.{{ .Algorithm }}"
		} else if c.Algorithm != "" {
			name = strings.ToUpper(c.Algorithm) + "SUMS"
		}
		p.Checksum = Checksum{Name: cmp.Or(c.NameTemplate, name), Algorithm: cmp.Or(c.Algorithm, "sha256"), Split: c.Split, Disable: c.Disable,
			Builds: c.IDs, ExtraFiles: c.ExtraFiles.project()}
	}
	l.trust()
	p.SnapshotVersion = cmp.Or(value(f.Snapshot).VersionTemplate, p.SnapshotVersion)
	p.ModTime = cmp.Or(value(f.Metadata).ModTimestamp, p.ModTime)
	p.Dist = cmp.Or(f.Dist, p.Dist)
	if f.BuildVCS != nil {
		p.BuildVCS = *f.BuildVCS
	}
	if g := f.Git; g != nil {
		p.TagPrefix = cmp.Or(g.TagPrefix, p.TagPrefix)
		set(&p.IgnoreTags, g.IgnoreTags)
	}
	if len(f.Stores) > 0 {
		p.Stores = nil
		for i, s := range f.Stores {
			p.Stores = append(p.Stores, l.store(s, strconv.Itoa(i)))
		}
	}
	for key, goroot := range f.Toolchains {
		t, err := target.Parse(key)
		if err != nil {
			l.errs = append(l.errs, l.file.Errorf(l.at("toolchains"), "release.toolchains: %w", "release.toolchains：%w", err))
			continue
		}
		if p.Toolchains == nil {
			p.Toolchains = map[string]string{}
		}
		p.Toolchains[t.String()] = goroot
	}
}

func (l *layer) build(b ourBuild) Build {
	base := defaultBuild()
	base.Targets = l.to.EachMain.Targets
	name := ""
	if m := path.Base(filepath.ToSlash(strings.TrimSuffix(b.Main, ".go"))); m != "." && m != "/" && !strings.Contains(m, "{{") {
		name = m
	}
	build := Build{
		ID: cmp.Or(b.ID, name, l.to.Name, "default"), Main: cmp.Or(b.Main, "."), Dir: b.Dir, Binary: cmp.Or(b.Binary, name, "{{ .ProjectName }}"),
		Targets: targets(b.Targets), Flags: b.Flags, Ldflags: b.Ldflags, Tags: b.Tags, Asmflags: b.Asmflags, Gcflags: b.Gcflags,
		Buildmode: b.Buildmode, Env: b.Env, ModTime: b.ModTimestamp, Skip: string(b.Skip),
		Pre: value(b.Hooks).Pre.project(), Post: value(b.Hooks).Post.project(),
	}
	if b.Targets == nil {
		build.Targets = base.Targets
	}
	if b.Flags == nil {
		build.Flags = base.Flags
	}
	if b.Ldflags == nil {
		build.Ldflags = base.Ldflags
	}
	cgo, said := cgoIn(append(slices.Clone(l.to.Env), b.Env...))
	if build.AllowDynamic = cgo; !said {
		build.Env = append(slices.Clone(b.Env), base.Env...)
	}
	for _, o := range b.Overrides {
		dynamic, _ := cgoIn(o.Env)
		build.Overrides = append(build.Overrides, Override{OS: o.Goos, Arch: o.Goarch, Level: o.Level, Flags: o.Flags, Ldflags: o.Ldflags, Tags: o.Tags,
			Asmflags: o.Asmflags, Gcflags: o.Gcflags, Env: o.Env, Buildmode: o.Buildmode, AllowDynamic: dynamic})
	}
	return build
}

func (l *layer) archive(a ourArchive, at string) Archive {
	to := Archive{
		ID: cmp.Or(a.ID, "default"), Builds: a.IDs, Formats: l.formats(a.Formats, "archives", at, "formats"), Files: a.Files.project(),
		BinaryInfo: value(a.BuildsInfo).project(), StripBinaryDir: a.StripBinaryDirectory, Meta: a.Meta, AllowDifferentBinaryCount: a.AllowDifferentBinaryCount,
	}
	if len(a.Formats) == 0 {
		to.Formats = []archive.Format{archive.TarGz}
	}
	if a.Files == nil {
		to.Files = defaultFiles()
	}
	to.Name = cmp.Or(a.NameTemplate, ArchiveDefaults(Yingzao, to.Formats))
	switch a.WrapInDirectory {
	case "true":
		to.Wrap = to.Name
	case "false":
	default:
		to.Wrap = string(a.WrapInDirectory)
	}
	for _, o := range a.FormatOverrides {
		if to.Overrides == nil {
			to.Overrides = map[string][]archive.Format{}
		}
		to.Overrides[o.Goos] = l.formats(o.Formats, "archives", at, "format_overrides")
	}
	return to
}

func (l *layer) universal(u ourUniversal) Universal {
	id := cmp.Or(u.ID, l.to.Name)
	builds := []string(u.IDs)
	if len(builds) == 0 {
		builds = []string{id}
	}
	return Universal{ID: id, Builds: builds, Name: cmp.Or(u.NameTemplate, "{{ .ProjectName }}"), Replace: u.Replace, ModTime: u.ModTimestamp,
		Pre: value(u.Hooks).Pre.project(), Post: value(u.Hooks).Post.project()}
}

func (l *layer) store(s ourStore, at string) Store {
	if s.URL != "" && s.Provider == "" {
		return Store{ID: s.ID, URL: s.URL, BaseURL: s.BaseURL, Mirrors: s.Mirrors}
	}
	n := l.at("stores", at)
	if s.URL != "" || s.Provider == "" {
		l.errs = append(l.errs, l.file.Errorf(n, "release.stores: give either url or provider and bucket", "release.stores：请写 url，或写 provider 和 bucket"))
		return Store{}
	}
	u, err := bucket{Provider: s.Provider, Bucket: s.Bucket, Region: s.Region, Folder: s.Folder, Endpoint: s.Endpoint, PathStyle: s.Provider == "s3" && s.Endpoint != ""}.url()
	if err != nil {
		l.errs = append(l.errs, l.file.Errorf(n, "release.stores: %w", "release.stores：%w", err))
	}
	return Store{ID: s.ID, URL: u, BaseURL: s.BaseURL, Mirrors: s.Mirrors}
}
