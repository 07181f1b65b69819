package mend

import "github.com/yingzao-dev/yingzao/envcheck"

// rounds bounds how often one fix may uncover the next.
const rounds = 8

// Settle plans until nothing is left to plan: a mended line can bring a finding
// to light that it had hidden. The rounds happen on a copy of the snapshot, so
// that a second run after Apply has nothing to do. The report is that of the
// state after the plan, as far as it follows from the env file.
func Settle(s *envcheck.Snapshot, named []string, check func(*envcheck.Snapshot) *envcheck.Report) (*Plan, *envcheck.Report, error) {
	after := *s
	r := check(&after)
	b := newBuilder(s.EnvFile.Path)
	for range rounds {
		progress, err := b.round(r.Findings, named)
		if err != nil {
			return nil, nil, err
		}
		if !progress {
			break
		}
		if f := b.files[s.EnvFile.Path]; f != nil {
			after.EnvFile.Exists, after.EnvFile.Data, after.EnvFile.Size = true, f.After, int64(len(f.After))
		}
		r = check(&after)
	}
	return b.plan(), r, nil
}
