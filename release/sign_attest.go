package release

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// attest signs how the release was made, once by each signer. have is what lies there:
// about this release and by one of the signers, it stays, and those that are missing
// are added.
func (s *signing) attest(ctx context.Context, m *manifest.Manifest, dist string, have []byte) ([]string, error) {
	if s.none() {
		return nil, nil
	}
	sum, err := manifestSum(m)
	if err != nil {
		return nil, err
	}
	var known []provenance.Verifier // whose signatures can be told
	for _, k := range s.keys {
		known = append(known, k.Key())
	}
	if s.command != nil && s.command.Key != nil {
		known = append(known, s.command.Key)
	}
	st, there, err := provenance.Open(have, known)
	stays := err == nil && len(there) > 0 && len(known) == s.count() && len(provenance.Broken(have, known)) == 0 && len(provenance.Check(st, m, sum)) == 0
	if !stays {
		there = nil
	}
	var by []provenance.Sign
	for _, k := range s.keys {
		if !slices.Contains(there, k.Key().ID()) {
			by = append(by, provenance.By(k.Key().ID(), k))
		}
	}
	if c := s.command; c != nil && (c.Key == nil || !slices.Contains(there, c.Key.ID())) {
		comment := trust.Comment{Project: m.Project, Version: m.Version, Sequence: m.Sequence}.String()
		by = append(by, func(message []byte) (provenance.Signature, error) {
			id, sig, err := c.SignRaw(ctx, manifest.ProvenanceName, message, comment)
			return provenance.Signature{KeyID: id, Sig: sig}, err
		})
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

// count is the number of signers.
func (s *signing) count() int {
	if s.command != nil {
		return len(s.keys) + 1
	}
	return len(s.keys)
}
