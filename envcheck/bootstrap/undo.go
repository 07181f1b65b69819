package bootstrap

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Undo takes back the last Apply that changed files, or with all of them every
// one, and returns the files that are as they were. The caller holds the lock.
// Where somebody has changed a start file, the env file or the user's PATH since,
// only our part goes. SDKs and tools stay below Root.
func (d *Desk) Undo(all bool) (restored []string, err error) {
	j := d.Journal()
	for {
		files, err := j.UndoWith(d.withoutOurs)
		restored = append(restored, files...)
		if err != nil {
			return restored, err
		}
		n, err := j.Entries()
		if err != nil || n == 0 || !all {
			if len(restored) > 0 {
				broadcast()
			}
			return restored, err
		}
	}
}

// withoutOurs takes our part out of a file that its owner has changed since.
func (d *Desk) withoutOurs(f mend.File, now []byte) ([]byte, bool) {
	switch {
	case f.Registry:
		return d.withoutOurPath(f.Before, now), true
	case slices.Contains(f.Codes, "settings"):
		return unset(f, now), true
	case slices.Contains(f.Codes, "path"), slices.Contains(f.Codes, "git"):
		from, to, err := findBlock(f.Before)
		at, end, err2 := findBlock(now)
		if err != nil || err2 != nil {
			return nil, false
		}
		return slices.Concat(now[:at], f.Before[from:to], now[end:]), true // an earlier Apply's block comes back
	}
	return nil, false
}

// unset gives each setting that we changed, and nobody since, its old value.
func unset(f mend.File, now []byte) []byte {
	before, after, env := goenv.ParseFile(f.Before), goenv.ParseFile(f.After), goenv.ParseFile(now)
	for _, file := range []*goenv.File{before, after} {
		for _, a := range file.Assignments() {
			old, had := before.Get(a.Key)
			ours, set := after.Get(a.Key)
			have, is := env.Get(a.Key)
			switch {
			case old.Value == ours.Value && had == set, have.Value != ours.Value || is != set:
			case had:
				env.Set(a.Key, old.Value)
			default:
				env.Unset(a.Key)
			}
		}
	}
	return env.Bytes()
}
