package publish

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

//go:embed install.sh.tmpl
var installText string

// installVersions is how many versions install.sh knows, most recent first.
const installVersions = 30

var installTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("install.sh").Funcs(template.FuncMap{"sh": shQuote}).Parse(installText))
})

// renderInstall writes install.sh: the digests are in it, so that it needs no
// JSON and trusts nothing that it downloads.
func renderInstall(ix *Index, latest *Latest) ([]byte, error) {
	base, mirrors := ix.places()
	data := struct {
		Title, Project, Latest, Base, Probe string
		Mirrors, Rows, Yanked               []string // yanked: version, tab, reason
	}{Title: strings.Map(printable, ix.Project), Project: ix.Project, Base: base, Mirrors: mirrors, Probe: octal(loongProbe())}
	if latest != nil {
		data.Latest = latest.Version
	}
	known := 0
	for _, e := range ix.Versions {
		if e.Yanked {
			if len(data.Yanked) < installVersions {
				data.Yanked = append(data.Yanked, e.Version+"\t"+oneLine(e.YankReason))
			}
			continue
		}
		if known >= installVersions && e.Version != data.Latest {
			continue
		}
		known++
		data.Rows = append(data.Rows, installRows(e)...)
	}
	var b bytes.Buffer
	err := installTemplate().Execute(&b, data)
	return b.Bytes(), err
}

// installFormats are what install.sh can open, the easiest first.
var installFormats = []string{"tar.gz", "binary", "gz", "tar", "tar.xz", "zip", "tar.zst"}

// installRows are the lines for one version: for each system the fewest files
// that hold all of its programs, at the lowest level and in the easiest format.
func installRows(e Entry) []string {
	type file struct {
		File
		system, level string
		rank          int
	}
	var files []file
	for _, f := range e.Files {
		t, err := target.Parse(f.Target)
		if err != nil || t.OS == "windows" || f.Kind != "archive" && f.Kind != "binary" {
			continue
		}
		if f.Kind == "binary" && f.Format == "" {
			f.Format = "binary"
		}
		x := file{File: f, system: t.OS + "/" + t.ArchName(), level: t.Level, rank: slices.Index(installFormats, f.Format)}
		if t.Arch == "arm" {
			x.system = t.OS + "/arm/" + strings.SplitN(t.Level, ",", 2)[0]
		}
		if x.rank >= 0 && len(f.Binaries) > 0 && !slices.ContainsFunc(f.Binaries, unfit) {
			files = append(files, x)
		}
	}
	slices.SortStableFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.system, b.system), cmp.Compare(a.level, b.level), cmp.Compare(a.rank, b.rank))
	})
	var rows []string
	have := map[string]bool{}
	for _, f := range files {
		more := false
		for _, b := range f.Binaries {
			if f.Format == "binary" || f.Format == "gz" {
				b = e.Version // install.sh names a bare program after the project
			}
			id := f.system + "\t" + path.Base(b)
			more = more || !have[id]
			have[id] = true
		}
		if more {
			rows = append(rows, strings.Join(append([]string{
				e.Version, f.system, f.SHA256, f.Format,
				url.PathEscape(e.Version) + "/" + url.PathEscape(f.Name), e.Version + "/" + f.Name,
			}, f.Binaries...), "\t"))
		}
	}
	return rows
}

// unfit tells a path in an archive that the script had better not touch: tar
// and unzip would read some as patterns or options.
func unfit(p string) bool {
	return strings.HasPrefix(p, "-") || strings.HasPrefix(p, "/") || slices.Contains(strings.Split(p, "/"), "..") ||
		strings.ContainsAny(p, `\*?[]`) || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }) ||
		manifest.CheckName("artifact", path.Base(p)) != nil
}

func shQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

func octal(b []byte) string {
	var s strings.Builder
	for _, c := range b {
		fmt.Fprintf(&s, `\%03o`, c)
	}
	return s.String()
}
