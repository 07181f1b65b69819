package config

import (
	"cmp"
	"strconv"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// mapper turns GoReleaser's Project into ours, with GoReleaser's defaults.
type mapper struct {
	*reader
	from *project
	to   *Project
}

func (m *mapper) all() {
	p, c := m.to, m.from
	p.Name = cmp.Or(c.ProjectName, m.releaseName, p.Name)
	p.Env = c.Env
	for _, h := range c.Before.Hooks {
		if h != "" {
			p.Before = append(p.Before, Hook{Cmd: h})
		}
	}
	m.builds()
	m.archives()
	m.packages()
	m.source()
	m.universal()
	m.checksum()
	p.SnapshotVersion = cmp.Or(c.Snapshot.NameTemplate, c.Snapshot.VersionTemplate, p.SnapshotVersion)
	if c.Snapshot.NameTemplate != "" {
		m.deprecated("snapshot.name_template", "snapshot.version_template", "snapshot", "name_template")
	}
	p.Dist = cmp.Or(c.Dist, p.Dist)
	p.ModTime = c.Metadata.ModTimestamp
	p.IgnoreTags = c.Git.IgnoreTags
}

// deprecated tells of an old spelling that is still read.
func (m *mapper) deprecated(old, now string, path ...string) {
	m.notice("deprecated", old, m.file.Line(path...), "%s is an old spelling of %s", "%s 是 %s 的旧写法", old, now)
}

// node is the value at a path, for the position of an error.
func (m *mapper) node(path ...string) *yaml.Node {
	_, v := m.file.Find(path...)
	return v
}

func (m *mapper) source() {
	c, to := m.from.Source, &m.to.Source
	to.Enabled, to.Prefix = c.Enabled, c.PrefixTemplate
	to.Name = cmp.Or(c.NameTemplate, to.Name)
	if c.Format != "" {
		if f := m.formats([]string{c.Format}, "source", "format"); len(f) == 1 {
			to.Format = f[0]
		}
	}
	to.Files = extraFiles(c.Files)
}

func (m *mapper) universal() {
	for _, c := range m.from.UniversalBinaries {
		id := cmp.Or(c.ID, m.to.Name)
		builds := c.IDs
		if len(builds) == 0 {
			builds = []string{id}
		}
		m.to.Universal = append(m.to.Universal, Universal{
			ID: id, Builds: builds, Name: cmp.Or(c.NameTemplate, "{{ .ProjectName }}"), Replace: c.Replace, ModTime: c.ModTimestamp,
			Pre: m.hooks(c.Hooks.Pre), Post: m.hooks(c.Hooks.Post),
		})
	}
}

func (m *mapper) checksum() {
	c, to := m.from.Checksum, &m.to.Checksum
	to.Name = "{{ .ProjectName }}_{{ .Version }}_checksums.txt"
	if c.Split {
		to.Name = "{{ .ArtifactName }}.{{ .Algorithm }}"
	}
	to.Name = cmp.Or(c.NameTemplate, to.Name)
	to.Algorithm = cmp.Or(c.Algorithm, to.Algorithm)
	to.Split, to.Disable, to.Builds = c.Split, c.Disable, c.IDs
	for _, f := range c.ExtraFiles {
		to.ExtraFiles = append(to.ExtraFiles, ExtraFile{Src: f.Glob, Dst: f.NameTemplate, StripParent: f.NameTemplate == "", Optional: true})
	}
}

func (m *mapper) archives() {
	list := m.from.Archives
	if len(list) == 0 {
		list = []config.Archive{{}}
	}
	m.to.Archives = nil
	for i, c := range list {
		at := strconv.Itoa(i)
		words := c.Formats
		if c.Format != "" {
			m.deprecated("archives.format", "archives.formats", "archives", at, "format")
			words = append(words, c.Format)
		}
		if len(c.Builds) > 0 {
			m.deprecated("archives.builds", "archives.ids", "archives", at, "builds")
		}
		a := Archive{
			ID: cmp.Or(c.ID, "default"), Builds: append(c.IDs, c.Builds...), Formats: m.formats(words, "archives", at, "formats"),
			Files: extraFiles(c.Files), BinaryInfo: fileInfo(c.BuildsInfo), StripBinaryDir: c.StripBinaryDirectory,
			Meta: c.Meta, AllowDifferentBinaryCount: c.AllowDifferentBinaryCount,
		}
		if len(a.Formats) == 0 {
			a.Formats = []archive.Format{archive.TarGz}
		}
		if len(c.Files) == 0 {
			a.Files = defaultFiles()
		}
		a.Name = cmp.Or(c.NameTemplate, ArchiveDefaults(GoReleaser, a.Formats))
		switch c.WrapInDirectory {
		case "true":
			a.Wrap = a.Name
		case "false":
		default:
			a.Wrap = c.WrapInDirectory
		}
		for j, o := range c.FormatOverrides {
			words := o.Formats
			if o.Format != "" {
				m.deprecated("archives.format_overrides.format", "archives.format_overrides.formats", "archives", at, "format_overrides", strconv.Itoa(j), "format")
				words = append(words, o.Format)
			}
			if a.Overrides == nil {
				a.Overrides = map[string][]archive.Format{}
			}
			a.Overrides[o.Goos] = m.formats(words, "archives", at, "format_overrides", strconv.Itoa(j))
		}
		m.to.Archives = append(m.to.Archives, a)
	}
}

func (m *mapper) formats(words []string, path ...string) []archive.Format {
	all, errs := formats(words, func(err error) *msg.Error { return m.file.Errorf(m.node(path...), "%w", "%w", err) })
	m.errs = append(m.errs, errs...)
	return all
}

func extraFiles(list []config.File) []ExtraFile {
	var all []ExtraFile
	for _, f := range list {
		all = append(all, ExtraFile{Src: f.Source, Dst: f.Destination, StripParent: f.StripParent, Optional: true, Info: fileInfo(f.Info)})
	}
	return all
}

func fileInfo(i config.FileInfo) FileInfo {
	return FileInfo{Owner: i.Owner, Group: i.Group, Mode: i.Mode, ModTime: i.MTime}
}

func (m *mapper) hooks(list config.Hooks) []Hook {
	var all []Hook
	for _, h := range list {
		if h.Cmd != "" {
			all = append(all, Hook{Cmd: h.Cmd, Dir: h.Dir, Env: h.Env, Output: h.Output})
		}
	}
	return all
}
