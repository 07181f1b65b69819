package release

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// SignPublished adds signatures by further keys to a published version, "" being
// the latest, once all of it was read and found to be as its manifest says. It
// returns the names of the files that it added.
func SignPublished(ctx context.Context, st store.Store, project, version string, keys []trust.Signer) ([]string, error) {
	var t trust.Signing
	o := publish.VerifyOptions{Project: project, Version: version, SM3: trust.NewSM3}
	o.Checks = []publish.Check{func(ctx context.Context, v *publish.Version) ([]publish.Finding, error) {
		t = trust.Signing{Manifest: v.Manifest, Body: v.Raw, Have: map[string][]byte{}}
		var err error
		if t.Sums, err = v.Read(ctx, manifest.SumsName); err != nil {
			return nil, err
		}
		for _, name := range v.Sidecars {
			_, _, signature := trust.Signed(name)
			if !signature && name != manifest.SM3SumsName && name != manifest.ProvenanceName && !provenance.IsFurther(name) {
				continue
			}
			if t.Have[name], err = v.Read(ctx, name); err != nil {
				return nil, err
			}
		}
		t.SM3Sums = t.Have[manifest.SM3SumsName]
		return nil, nil
	}}
	if _, err := publish.Verify(ctx, st, o); err != nil {
		return nil, err
	}
	if t.Manifest == nil {
		return nil, msg.Errorf("sign: there is no version of %s", "签名：%s 没有可用的版本", project).WithKind(msg.Findings)
	}
	t.Open = func(name string) (io.ReadSeekCloser, error) { return download(ctx, st, t.Manifest, name) }
	t.Signers = keys
	made, err := trust.Sign(ctx, t)
	if err == nil {
		made, err = furtherProvenance(ctx, made, &t, keys)
	}
	if err != nil || len(made) == 0 {
		return nil, err
	}
	var names []string
	var all []publish.Sidecar
	for _, f := range made {
		all, names = append(all, publish.Sidecar(f)), append(names, f.Name)
	}
	_, err = publish.Attach(ctx, st, project, t.Manifest.Version, all, publish.ManageOptions{})
	return names, err
}

// furtherProvenance adds signatures of provenance.intoto.json, which cannot be replaced
// where it lies, in files of their own.
func furtherProvenance(ctx context.Context, made []trust.Signature, t *trust.Signing, keys []trust.Signer) ([]trust.Signature, error) {
	data, ok := t.Have[manifest.ProvenanceName]
	if !ok {
		return made, nil
	}
	digest := sha256.Sum256(t.Body)
	for _, k := range keys {
		key, name := []provenance.Verifier{k.Key()}, provenance.FurtherName(k.Key().ID())
		s, by, err := provenance.Open(data, key)
		if err == nil {
			if bad := provenance.Check(s, t.Manifest, hex.EncodeToString(digest[:])); len(bad) > 0 {
				err = msg.Errorf("it does not fit the release: %s: %v", "它与发布不符：%s：%v", bad[0].Subject, bad[0].Text).WithKind(msg.Findings)
			}
		}
		if err != nil {
			return nil, msg.Errorf("sign %s: %w", "签名 %s：%w", manifest.ProvenanceName, err).
				WithHint("do not sign this version; ask who published it", "请勿为该版本签名；请询问其发布者")
		}
		if _, there := t.Have[name]; there || len(by) > 0 {
			continue
		}
		further, err := provenance.Further(data, provenance.By(ctx, k.Key().ID(), k))
		if err != nil {
			return nil, err
		}
		made = append(made, trust.Signature{Name: name, Data: further})
	}
	return made, nil
}

// stream is an object that is read once, from its start.
type stream struct{ io.ReadCloser }

func (stream) Seek(int64, int) (int64, error) { return 0, errors.ErrUnsupported }

func download(ctx context.Context, st store.Store, m *manifest.Manifest, name string) (io.ReadSeekCloser, error) {
	body, _, err := st.Get(ctx, m.Project+"/"+m.Version+"/"+name, 0, -1)
	return stream{body}, err
}

// SignFile signs one file with each of the keys and writes the signatures beside it.
// It returns their paths; none where they are there already.
func SignFile(ctx context.Context, path string, keys []trust.Signer) ([]string, error) {
	data, have, err := withSignatures(path)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, k := range keys {
		s, err := trust.SignFile(ctx, k, filepath.Base(path), data, have)
		if err != nil {
			return nil, err
		}
		if s.Name == "" {
			continue
		}
		have[s.Name] = s.Data
		to := filepath.Join(filepath.Dir(path), s.Name)
		if err := replaceFile(ctx, to, s.Data); err != nil {
			return nil, err
		}
		paths = append(paths, to)
	}
	return paths, nil
}

// withSignatures reads a file and the signatures of it that lie beside it.
func withSignatures(path string) (data []byte, have map[string][]byte, err error) {
	if data, err = os.ReadFile(path); err != nil {
		return nil, nil, msg.Errorf("read file: %w", "读取文件：%w", err)
	}
	dir, name := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	have = map[string][]byte{}
	for _, e := range entries {
		if file, _, ok := trust.Signed(e.Name()); ok && file == name && e.Type().IsRegular() && err == nil {
			have[e.Name()], err = os.ReadFile(dir + e.Name())
		}
	}
	if err != nil {
		return nil, nil, msg.Errorf("read signatures of %s: %w", "读取 %s 的签名：%w", path, err)
	}
	return data, have, nil
}

func replaceFile(ctx context.Context, path string, data []byte) error {
	_, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	})
	return err
}

// UpdateTrust replaces a trust.yaml by the last of next, each of which the one
// before has to accept ([trust.Policy.Next]).
func UpdateTrust(ctx context.Context, current string, next []string) (*trust.Policy, error) {
	p, err := trust.ReadPolicy(current)
	if err != nil {
		return nil, err
	}
	var data []byte
	for _, path := range next {
		var have map[string][]byte
		if data, have, err = withSignatures(path); err != nil {
			return nil, err
		}
		var sigs []trust.Signature
		for name, b := range have {
			sigs = append(sigs, trust.Signature{Name: name, Data: b})
		}
		if p, err = p.Next(path, data, sigs, time.Now()); err != nil {
			return nil, err
		}
	}
	return p, replaceFile(ctx, current, data)
}
