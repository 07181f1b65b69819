package sbom

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ReadLicenses looks at a module's root folder as [ReadLicense] does, and in the same
// way at the folders of packages and those that they lie in: what is taken over from
// others often has its licence beside it. packages are below dir, with / between names;
// a folder that is not there has none.
func ReadLicenses(dir string, packages []string, scan func(text []byte) []string) (License, error) {
	l, err := ReadLicense(dir, scan)
	if err != nil {
		return l, err
	}
	folders := map[string]bool{}
	for _, p := range packages {
		for ; p != "." && !folders[p]; p = path.Dir(p) {
			folders[p] = true
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		b, err := ReadLicense(filepath.Join(dir, filepath.FromSlash(folder)), scan)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return l, err
		}
		for i := range b.Files {
			b.Files[i].Name = folder + "/" + b.Files[i].Name
		}
		if len(b.Files) > 0 {
			l.Below = append(l.Below, b)
		}
	}
	return l, nil
}

// With adds what another look at the same module found below its root, for other
// packages.
func (l License) With(other License) License {
	below := slices.Clone(l.Below)
	for _, b := range other.Below {
		if !slices.ContainsFunc(below, func(have License) bool { return have.Files[0].Name == b.Files[0].Name }) {
			below = append(below, b)
		}
	}
	slices.SortFunc(below, func(a, b License) int { return strings.Compare(a.Files[0].Name, b.Files[0].Name) })
	other.Below = below
	return other
}

// facts name the files below the root, with what they say.
func (l License) facts() (out []pair) {
	for _, b := range l.Below {
		for _, f := range b.Files {
			out = append(out, pair{"go.license", f.Name + ": " + strings.Join(orUnknown(f.IDs), ", ")})
		}
	}
	return out
}

func orUnknown(ids []string) []string {
	if len(ids) == 0 {
		return []string{UnknownLicense}
	}
	return ids
}
