package gather

import (
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// maxMembers is how many modules of a workspace are read.
const maxMembers = 500

// module finds go.mod and go.work as the go command does, upwards from the
// project folder, and the git work tree around it.
func (l *look) module() envcheck.Module {
	none := envcheck.TextFile{UID: -1}
	m := envcheck.Module{GoMod: none, GoSum: none, GoWork: none, Vendor: none, RepoUID: -1}
	work := l.env.Lookup("GOWORK").Value
	if work != "" && work != "off" && work != "auto" {
		if !filepath.IsAbs(work) {
			work = filepath.Join(l.Dir, work)
		}
		m.GoWork = read(work)
	}
	search := work == "" || work == "auto"
	for d := l.Dir; ; d = filepath.Dir(d) {
		if m.GoMod.Path == "" && there(filepath.Join(d, "go.mod")) {
			m.GoMod, m.GoSum = read(filepath.Join(d, "go.mod")), read(filepath.Join(d, "go.sum"))
			m.Vendor = read(filepath.Join(d, "vendor", "modules.txt"))
		}
		if search && m.GoWork.Path == "" && there(filepath.Join(d, "go.work")) {
			m.GoWork = read(filepath.Join(d, "go.work"))
		}
		if search && d == filepath.Clean(l.snapshot.Goroot.Path) {
			search = false // the go command does not look above GOROOT
		}
		if info, err := os.Stat(filepath.Join(d, ".git")); err == nil && m.RepoDir == "" && (info.IsDir() || info.Mode().IsRegular()) {
			m.RepoDir = d
			if info, err := os.Stat(d); err == nil {
				m.RepoUID = owner(info)
			}
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	if m.GoWork.Exists {
		m.Vendor = read(filepath.Join(filepath.Dir(m.GoWork.Path), "vendor", "modules.txt"))
		m.Members = members(m.GoWork)
	}
	return m
}

// there: something of this name exists that the go command would take, or
// stumble over.
func there(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// members reads the go.mod of each module that go.work uses. A go.work that does
// not parse has none: its error is for the rules to find.
func members(work envcheck.TextFile) []envcheck.TextFile {
	f, err := modfile.ParseWork(work.Path, work.Data, nil)
	if err != nil {
		return nil
	}
	var out []envcheck.TextFile
	for _, u := range f.Use[:min(len(f.Use), maxMembers)] {
		dir := filepath.FromSlash(u.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(work.Path), dir)
		}
		out = append(out, read(filepath.Join(dir, "go.mod")))
	}
	return out
}
