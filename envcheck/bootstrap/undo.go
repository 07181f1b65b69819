package bootstrap

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Undo takes back the last Apply that changed files, or with all of them every
// one, and returns the files that are as they were. The caller holds the lock.
// Where somebody has changed a start file, the env file or the user's PATH since,
// only our part goes. SDKs and tools stay below Root.
func (d *Desk) Undo(all bool) (restored []string, err error) {
	j := d.Journal()
	if err := j.Sweep(); err != nil {
		return nil, err
	}
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
func (d *Desk) withoutOurs(f mend.File, now []byte) ([]byte, error) {
	switch {
	case f.Registry:
		return d.withoutOurPath(f.Before, now), nil
	case slices.Contains(f.Codes, "settings"):
		return unset(f, now), nil
	}
	from, to, err := findBlock(f.Before)
	first, last, err2 := findBlock(f.After)
	at, end, err3 := findBlock(now)
	if err := cmp.Or(err, err2, err3); err != nil {
		return nil, msg.Errorf("undo %s: %w", "撤销 %s：%w", f.Path, err)
	}
	switch have := now[at:end]; {
	case len(have) == 0: // its owner has taken it out, or there never was one below Root
		return now, nil
	case !bytes.Equal(have, f.After[first:last]):
		return nil, msg.Errorf("undo %s: the lines between our marks were changed since; it is left as it is", "撤销 %s：受管区块内的行此后被修改过；保持不动", f.Path).
			WithHint("move what is yours out of the marks, or remove the marks and what is between them, and run undo again", "请将您自己的行移到标记之外，或删除标记及其间的内容，然后再次执行 undo")
	}
	return slices.Concat(now[:at], f.Before[from:to], now[end:]), nil // an earlier Apply's block comes back
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
