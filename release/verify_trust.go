package release

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// VerifyOptions say what to verify in a store, and whom to trust.
type VerifyOptions struct {
	publish.VerifyOptions
	Trust trust.Options // a nil Policy: signatures are mentioned and not checked
}

// Verify reads a store back, judges the signatures, and remembers the sequence of
// what passed. Its report and errors are those of [publish.Verify].
func Verify(ctx context.Context, st store.Store, o VerifyOptions) (*publish.Report, error) {
	type passed struct {
		c    trust.Comment
		keys []trust.Trusted
	}
	var remember []passed
	o.SM3 = trust.NewSM3
	o.Checks = append(o.Checks, func(ctx context.Context, v *publish.Version) ([]publish.Finding, error) {
		found, keys, err := trust.Check(ctx, &trust.Release{
			Manifest: v.Manifest, Raw: v.Raw, Sidecars: v.Sidecars, Read: v.Read,
			Missing: func(err error) bool { return errors.Is(err, store.ErrNotFound) },
		}, o.Trust)
		var out []publish.Finding
		for _, f := range found {
			out = append(out, publish.Finding(f))
		}
		if err != nil {
			return out, err
		}
		said, err := attestations(ctx, v, o.Trust, keys)
		out = append(out, said...)
		if err == nil && len(keys) > 0 && !v.Manifest.Snapshot {
			remember = append(remember, passed{trust.Comment{Project: v.Manifest.Project, Version: v.Manifest.Version, Sequence: v.Manifest.Sequence}, keys})
		}
		return out, err
	})
	r, err := publish.Verify(ctx, st, o.VerifyOptions)
	if err != nil || o.Trust.Sequences == nil {
		return r, err
	}
	for _, p := range remember {
		if err := o.Trust.Sequences.Record(ctx, p.c, p.keys); err != nil {
			return r, err
		}
	}
	return r, nil
}

// SequencesFolder is where a user's verified sequences are kept: the state folder
// of the XDG rules, on Windows the local application data. "" when the environment
// has no home.
func SequencesFolder(environ []string) string {
	get := func(k string) string { v, _ := subproc.Getenv(environ, k); return v }
	for _, base := range []string{get("XDG_STATE_HOME"), get("LOCALAPPDATA")} {
		if filepath.IsAbs(base) {
			return filepath.Join(base, "yingzao", "verified")
		}
	}
	if home := get("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "yingzao", "verified")
	}
	return ""
}
