package rules

import (
	"fmt"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// eachBinary asks about every program that could be read, and completes what is
// found with the file. The zero Finding means that nothing is wrong.
func eachBinary(v *envcheck.View, ask func(envcheck.Binary) envcheck.Finding) []envcheck.Finding {
	var out []envcheck.Finding
	for _, b := range v.Binaries {
		if b.Error != "" {
			continue // BIN009
		}
		f := ask(b)
		if f.Message.IsZero() {
			continue
		}
		f.Subject, f.Where = b.Path, envcheck.Place{File: b.Path}
		out = append(out, f)
	}
	return out
}

// saw is evidence from inside a program; empty values are left out.
func saw(b envcheck.Binary, pairs ...any) []envcheck.Evidence {
	var out []envcheck.Evidence
	for i := 0; i+1 < len(pairs); i += 2 {
		value := fmt.Sprint(pairs[i+1])
		if value != "" && value != "[]" {
			out = append(out, envcheck.Evidence{Name: fmt.Sprint(pairs[i]), Value: value, Place: envcheck.Place{File: b.Path}})
		}
	}
	return out
}

// onlyLoader reports whether a program is dynamic for no other reason than that
// it was linked as a position-independent one: it names a loader and no library.
func onlyLoader(b envcheck.Binary) bool { return b.PIE && b.Interp != "" && len(b.Needed) == 0 }
