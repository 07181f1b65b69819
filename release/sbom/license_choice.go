package sbom

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// choiceOf are the licences of a folder among which its files leave the choice; nil
// when they do not. pointers are files that say nothing but that. texts are the
// files' contents by name.
func choiceOf(files []LicenseFile, texts map[string]string) (ids []string, pointers []string) {
	all := License{Files: files}.IDs()
	for _, f := range files {
		switch said := alternatives(texts[f.Name]); {
		case said != nil:
			ids = said
		case !eitherOf.Re().MatchString(texts[f.Name]):
			continue
		case len(f.IDs) == 0: // it speaks of the files beside it
			ids = all
		default:
			ids = f.IDs
		}
		if len(f.IDs) == 0 {
			pointers = append(pointers, f.Name)
		}
	}
	if ids == nil {
		ids = byNames(files)
	}
	for _, id := range ids {
		if !slices.Contains(all, id) {
			return nil, nil // of a licence whose text is not here
		}
	}
	if len(ids) < 2 {
		return nil, nil
	}
	return ids, pointers
}

// alternatives are those of an SPDX expression of the simplest form, A OR B.
func alternatives(text string) (ids []string) {
	m := spdxLine.Re().FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	for id := range strings.SplitSeq(m[1], " OR ") {
		ids = append(ids, strings.TrimSpace(id))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

var (
	spdxLine = lazyre.New(`(?m)^\W*SPDX-License-Identifier:\s*\(?([\w.+-]+(?: OR [\w.+-]+)+)\)?\s*\W*$`)
	// eitherOf is in none of the licences' own texts; a test looks.
	eitherOf = lazyre.New(`(?i)\blicen[sc]ed\s+under\s+(?:either\s+of|your\s+choice\s+of)\W+(?:the\s+)?(?:following|apache|mit|bsd|[al]?gpl|gnu|mpl|mozilla|isc)\b|\bselect,?\s+at\s+your\s+option,?\s+one\s+of\b`)
)

// byNames knows the one pair whose names alone mean a choice: LICENSE-APACHE and
// LICENSE-MIT, each with that licence and no other, neither of them in a third file.
func byNames(files []LicenseFile) []string {
	named := map[string]bool{}
	for _, f := range files {
		name := strings.NewReplacer(".", "-", "_", "-").Replace(strings.ToLower(f.Name))
		name = strings.TrimSuffix(strings.TrimSuffix(name, "-txt"), "-md")
		_, which, _ := strings.Cut(name, "-")
		for id, names := range map[string][]string{"Apache-2.0": {"apache", "apache2", "apache-2-0"}, "MIT": {"mit"}} {
			if !slices.Contains(f.IDs, id) {
				continue
			}
			if len(f.IDs) != 1 || !slices.Contains(names, which) || named[id] {
				return nil
			}
			named[id] = true
		}
	}
	if len(named) < 2 {
		return nil
	}
	return []string{"Apache-2.0", "MIT"}
}

// required are the licences of the folder itself that leave no choice.
func (l License) required() []string {
	return slices.DeleteFunc(License{Files: l.Files}.IDs(), func(id string) bool { return slices.Contains(l.Choice, id) })
}
