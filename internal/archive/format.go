package archive

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Format is a kind of archive, written as in configuration files. The zero
// value is not a format.
type Format string

// The formats.
const (
	TarGz  Format = "tar.gz"
	TarZst Format = "tar.zst"
	TarXz  Format = "tar.xz"
	Tar    Format = "tar"
	Zip    Format = "zip"
	Gz     Format = "gz"     // one file through gzip, without its name
	Binary Format = "binary" // one file as it is
)

// Formats lists every format, the usual one first.
func Formats() []Format { return []Format{TarGz, TarZst, TarXz, Zip, Tar, Gz, Binary} }

// ParseFormat reads a format's name; tgz, tzst and txz are understood too.
func ParseFormat(s string) (Format, error) {
	switch s {
	case "tgz":
		return TarGz, nil
	case "tzst":
		return TarZst, nil
	case "txz":
		return TarXz, nil
	}
	if f := Format(s); slices.Contains(Formats(), f) {
		return f, nil
	}
	e := msg.Errorf("archive format %q: unknown", "归档格式 %q：未知", s).WithKind(msg.Usage)
	if near := msg.Nearest(s, words()); near != "" {
		return "", e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return "", e.WithHint("use one of %v", "可用的格式：%v", Formats())
}

// Ext is the file name extension with its dot; "" for Binary.
func (f Format) Ext() string {
	if f == Binary {
		return ""
	}
	return "." + string(f)
}

// single reports whether f holds exactly one file and no name for it.
func (f Format) single() bool { return f == Gz || f == Binary }

func words() []string {
	var all []string
	for _, f := range Formats() {
		all = append(all, string(f))
	}
	return all
}
