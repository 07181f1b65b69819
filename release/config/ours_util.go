package config

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"go.yaml.in/yaml/v3"
)

// at is the node of a path below release, for the position of an error.
func (l *layer) at(path ...string) *yaml.Node {
	_, v := l.file.Find(append([]string{"release"}, path...)...)
	return v
}

func (l *layer) formats(words texts, path ...string) []archive.Format {
	all, errs := formats(words, func(err error) *msg.Error { return l.file.Errorf(l.at(path...), "%w", "%w", err) })
	l.errs = append(l.errs, errs...)
	return all
}

// formats reads the names of archive formats; at gives an error its place. none
// is no format, as in an override that switches archives off.
func formats(words []string, at func(error) *msg.Error) (all []archive.Format, errs []*msg.Error) {
	for _, w := range words {
		if w == "none" {
			continue
		}
		f, err := archive.ParseFormat(w)
		if err != nil {
			errs = append(errs, at(err))
			continue
		}
		all = append(all, f)
	}
	return all, errs
}

// set replaces a list unless the new one is not given.
func set[T any](to *[]T, from []T) {
	if from != nil {
		*to = from
	}
}

func first[T any](list []T) (v T) {
	if len(list) > 0 {
		v = list[0]
	}
	return v
}

func targets(list []ourTarget) []target.Target {
	var all []target.Target
	for _, t := range list {
		if !slices.Contains(all, target.Target(t)) {
			all = append(all, target.Target(t))
		}
	}
	return all
}

func (h ourHooks) project() []Hook {
	var all []Hook
	for _, x := range h {
		if x.Cmd != "" {
			all = append(all, Hook(x))
		}
	}
	return all
}

func (f ourFiles) project() []ExtraFile {
	var all []ExtraFile
	for _, x := range f {
		all = append(all, ExtraFile{Src: x.Src, Dst: x.Dst, StripParent: x.StripParent, Optional: x.Optional, Info: value(x.Info).project()})
	}
	return all
}

func (i ourInfo) project() FileInfo {
	return FileInfo{Owner: i.Owner, Group: i.Group, Mode: i.Mode, ModTime: i.MTime}
}
