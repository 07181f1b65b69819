package release

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// attest signs how the release was made, once by each signer. have is what lies there:
// about this release and by one of the signers, it stays, and those that are missing
// are added.
func (s *signing) attest(ctx context.Context, m *manifest.Manifest, dist string, have []byte) ([]string, error) {
	if len(s.keys) == 0 {
		return nil, nil
	}
	sum, err := manifestSum(m)
	if err != nil {
		return nil, err
	}
	var known []provenance.Verifier
	for _, k := range s.keys {
		known = append(known, k.Key())
	}
	st, there, err := provenance.Open(have, known)
	stays := err == nil && len(there) > 0 && len(provenance.Broken(have, known)) == 0 && len(provenance.Check(st, m, sum)) == 0
	if !stays {
		there = nil
	}
	var by []provenance.Sign
	for _, k := range s.keys {
		if !slices.Contains(there, k.Key().ID()) {
			by = append(by, provenance.By(ctx, k.Key().ID(), k))
		}
	}
	var data []byte
	switch {
	case !stays:
		data, err = Attest(ctx, dist, m, by...)
	case len(by) > 0:
		if data, err = provenance.Cosign(have, by...); err == nil {
			err = writeBytes(ctx, filepath.Join(dist, manifest.ProvenanceName), data)
		}
	}
	if data == nil || err != nil {
		return nil, err
	}
	return []string{manifest.ProvenanceName}, nil
}
