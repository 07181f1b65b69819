package sbom

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/google/licensecheck"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// License is what a module's own files say.
type License struct {
	Files  []LicenseFile `json:"files"`            // sorted by name; nil = there are none
	Choice []string      `json:"choice,omitempty"` // of the identifiers in Files those of which one is enough, sorted; nil = all count
	// Below are those of folders below the root that hold linked packages, or lie above
	// them, by name; each has at least one file, named by its path. nil = there are none,
	// or nobody looked.
	Below []License `json:"below,omitempty"`
}

// LicenseFile is one file that states a licence.
type LicenseFile struct {
	Name string   `json:"name"`
	IDs  []string `json:"ids,omitempty"` // sorted, SPDX's where it has one; nil = cannot be told
}

// IDs are all licences that were recognised, sorted.
func (l License) IDs() []string {
	var ids []string
	for _, f := range l.Files {
		ids = append(ids, f.IDs...)
	}
	for _, b := range l.Below {
		ids = append(ids, b.IDs()...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Unknown names what keeps the licence from being known: the first file that
// cannot be told. ok is false when everything was recognised.
func (l License) Unknown() (file string, ok bool) {
	for _, f := range l.Files {
		if len(f.IDs) == 0 {
			return f.Name, true
		}
	}
	for _, b := range l.Below {
		if file, unknown := b.Unknown(); unknown {
			return file, true
		}
	}
	return "", len(l.Files) == 0
}

const licenseRef = "LicenseRef-"

// Expression is the licence as SPDX writes it; "" when nothing was recognised, or
// not everything.
func (l License) Expression() string {
	if _, unknown := l.Unknown(); unknown {
		return ""
	}
	var parts []string
	for _, one := range append([]License{l}, l.Below...) {
		parts = append(parts, spdxNames(one.required())...)
		if len(one.Choice) > 0 {
			parts = append(parts, "("+strings.Join(spdxNames(one.Choice), " OR ")+")")
		}
	}
	slices.SortStableFunc(parts, func(a, b string) int { // choices last
		return cmp.Or(cmp.Compare(strings.Count(a, "("), strings.Count(b, "(")), strings.Compare(a, b))
	})
	if parts = slices.Compact(parts); len(parts) == 1 {
		return strings.Trim(parts[0], "()")
	}
	return strings.Join(parts, " AND ")
}

func spdxNames(ids []string) (out []string) {
	for _, id := range ids {
		if !inSPDX(id) {
			id = licenseRef + id
		}
		out = append(out, id)
	}
	return out
}

// unlisted are the names of licensecheck that are not SPDX identifiers; a test
// compares them with the official list.
var unlisted = []string{
	"Aladdin-9", "Anti996", "BSD-1-Clause-Clear", "BSD-3-Clause-NoTrademark", "CC-BY-NC-SA-3.0-US", "CommonsClause", "GPL-2.0-or-3.0",
	"GooglePatentClause", "GooglePatentsFile", "MIT-NoAd", "Prosperity-3.0.0",
}

func inSPDX(id string) bool { return !slices.Contains(unlisted, id) }

// recognised is how many percent of a file's words must belong to known licences.
const recognised = 75

// maxLicense is more than any licence has; GPL's is 35 KiB.
const maxLicense = 1 << 20

// Scan recognises the licences in a text; nil when it cannot be told. It is a
// function of the text alone. The first call in a process takes a second or more.
func Scan(text []byte) []string {
	c := licensecheck.Scan(text)
	if c.Percent < recognised {
		return nil
	}
	var ids []string
	for _, m := range c.Match {
		if !m.IsURL {
			ids = append(ids, m.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// ReadLicense looks at a module's root folder. scan is Scan, or something that
// remembers its answers; nil = Scan. A folder that is not there is an error.
func ReadLicense(dir string, scan func(text []byte) []string) (License, error) {
	if scan == nil {
		scan = Scan
	}
	var l License
	texts := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return l, msg.Errorf("read licence: %w", "读取许可证：%w", err)
	}
	for _, e := range entries {
		if !statesLicense(e.Name()) {
			continue
		}
		text, err := readText(filepath.Join(dir, e.Name()))
		if errors.Is(err, errNoText) {
			continue
		}
		if err != nil {
			return l, msg.Errorf("read licence: %w", "读取许可证：%w", err)
		}
		l.Files = append(l.Files, LicenseFile{e.Name(), scan(text)})
		texts[e.Name()] = string(text)
	}
	var pointers []string
	l.Choice, pointers = choiceOf(l.Files, texts)
	l.Files = slices.DeleteFunc(l.Files, func(f LicenseFile) bool { return slices.Contains(pointers, f.Name) })
	return l, nil
}

var errNoText = errors.New("not a regular file")

func readText(path string) ([]byte, error) {
	fi, err := os.Stat(path) // a link within a vendored or replaced tree is followed
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, errNoText
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxLicense))
}

// notLicenses are ends of names that begin like a licence and are code, data, or
// about the documentation alone.
var notLicenses = []string{
	".go", ".mod", ".sum", ".sh", ".py", ".js", ".ts", ".css", ".c", ".h", ".json", ".yml", ".yaml", ".toml", ".csv", ".tmpl", ".tpl", ".docs",
}

func statesLicense(name string) bool {
	lower := strings.ToLower(name)
	for _, begin := range []string{"license", "licence", "copying", "unlicense"} {
		if strings.HasPrefix(lower, begin) {
			return !slices.Contains(notLicenses, filepath.Ext(lower))
		}
	}
	return false
}

// known are the licences that can be recognised.
var known = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, l := range licensecheck.BuiltinLicenses() {
		m[l.ID] = true
	}
	return m
})
