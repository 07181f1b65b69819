package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Options say how to read a project's configuration. The zero value searches
// for a file and takes it as it is.
type Options struct {
	// File is the file to read, relative to the project. "" searches.
	File string
	// Ignore names sections ("dockers") and fields ("builds.builder") of a
	// GoReleaser file that may be left out though they ask for something that
	// is not made here.
	Ignore []string
	// Targets are the only ones to build for; empty: those of the file. A
	// target that no build lists is built by the builds for its operating
	// system, or by all when there is none.
	Targets []target.Target
}

// oursNames and goreleaserNames are searched in this order; the latter is
// GoReleaser's.
var (
	oursNames       = []string{".yingzao.yaml", ".yingzao.yml"}
	goreleaserNames = []string{
		".config/goreleaser.yml", ".config/goreleaser.yaml",
		".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml",
	}
)

// Load reads what dir wants released. Errors are usage errors and carry
// file:line:column; what was skipped or translated is in Project.Notices.
func Load(dir string, o Options) (*Project, error) {
	p, err := load(dir, o)
	if err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	p.restrict(o.Targets)
	return p, nil
}

func load(dir string, o Options) (*Project, error) {
	if o.File != "" {
		data, err := read(dir, o.File)
		if err != nil {
			return nil, err
		}
		if isOurs(o.File, data) {
			return loadOurs(dir, o.File, data, o)
		}
		return loadGoReleaser(dir, o.File, data, o)
	}
	theirs, err := firstOf(dir, goreleaserNames)
	if err != nil {
		return nil, err
	}
	ours, err := firstOf(dir, oursNames)
	if err != nil {
		return nil, err
	}
	if ours != nil {
		s, err := yamlfile.Open(ours.name, ours.data)
		if err != nil {
			return nil, err
		}
		if s.Has("release") {
			p, err := loadOurs(dir, ours.name, ours.data, o)
			if err == nil && p.Origin == Yingzao && theirs != nil {
				p.Notices = append(p.Notices, Notice{Code: "ignored", Section: theirs.name,
					Text: msg.Textf("%s is not read, %s is used; release.from: %s would combine them",
						"未读取 %s，使用的是 %s；写上 release.from: %s 可以把两者结合起来", theirs.name, ours.name, theirs.name)})
			}
			return p, err
		}
	}
	if theirs != nil {
		return loadGoReleaser(dir, theirs.name, theirs.data, o)
	}
	if len(o.Ignore) > 0 {
		return nil, unknownIgnore(o.Ignore[0], nil)
	}
	return defaults(dir, Default), nil
}

type found struct {
	name string
	data []byte
}

// firstOf reads the first file that exists; nil when none does.
func firstOf(dir string, names []string) (*found, error) {
	for _, name := range names {
		data, err := read(dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &found{name, data}, nil
	}
	return nil, nil
}

// read returns a file of at most one byte more than yamlfile would take.
func read(dir, name string) ([]byte, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("read configuration: %w", "读取配置：%w", err).WithKind(msg.Usage).
			WithHint("a path with --config is relative to the project's folder", "--config 的路径相对于项目目录")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, yamlfile.MaxSize+1))
	if err != nil {
		return nil, msg.Errorf("read configuration: %w", "读取配置：%w", err).WithKind(msg.Usage)
	}
	return data, nil
}

// isOurs tells the two kinds of files apart: by name, else by whether all of
// their top keys are sections of .yingzao.yaml. GoReleaser has a release section
// too; a file that says version: 2 is GoReleaser's.
func isOurs(name string, data []byte) bool {
	base := strings.ToLower(filepath.Base(name))
	if strings.Contains(base, "goreleaser") {
		return false
	}
	if strings.Contains(base, "yingzao") {
		return true
	}
	f, err := yamlfile.Parse(name, data)
	if err != nil || f.Root() == nil || f.Root().Kind != yaml.MappingNode {
		return false
	}
	sections := 0
	for i := 0; i+1 < len(f.Root().Content); i += 2 {
		switch key, value := f.Root().Content[i].Value, f.Root().Content[i+1].Value; {
		case slices.Contains(yamlfile.Products(), key):
			sections++
		case key != "version" || value == "2":
			return false
		}
	}
	return sections > 0
}

// moduleName is the last element of the module path in dir, without a major
// version; "" when there is no go.mod to tell.
func moduleName(dir string) string {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return ""
	}
	path := modfile.ModulePath(data)
	if prefix, _, ok := module.SplitPathVersion(path); ok {
		path = prefix
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}
