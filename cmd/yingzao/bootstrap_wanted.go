package main

import (
	"bytes"
	"context"
	goversion "go/version"
	"os"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/envcheck/bootstrap/bundle"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// wanted reads the flags, and the files that they name.
func (a *app) wanted(ctx context.Context, f *bootstrapFlags) (w bootstrap.Wanted, done func(), err error) {
	done = func() {}
	fail := func(err error) (bootstrap.Wanted, func(), error) { done(); return w, func() {}, err }
	w = bootstrap.Wanted{Go: f.goVersion, SDK: f.sdk, KeepPath: f.keepPath, AllowDowngrade: f.downgrade, Offline: f.offline || f.from != ""}
	if w.Profile, err = envcheck.ProfileNamed(f.profile); err != nil {
		return fail(err)
	}
	m, err := matrix.Load()
	if err != nil {
		return fail(err)
	}
	w.Newest, w.Pins = m.Go, func(version, platform string) (string, string) { return knownSDK(m, version, platform) }
	w.Fetch.H1 = f.h1
	if f.proof != "" {
		if w.Fetch.Proof, err = proofLog(ctx, f.proof); err != nil {
			return fail(err)
		}
	}
	if f.ca != "" {
		if w.CA, err = os.ReadFile(f.ca); err != nil {
			return fail(msg.Errorf("read --ca: %w", "读取 --ca：%w", err).WithKind(msg.Usage))
		}
	}
	org := f.org
	if f.from != "" {
		b, err := bundle.Open(ctx, f.from, bundle.OpenOptions{SHA256: f.fromSum})
		if err != nil {
			return fail(err)
		}
		done = func() { _ = b.Close() }
		w.Bundle = deskBundle(b)
		if data := b.Org(); org == "" && data != nil {
			if w.Org, err = bootstrap.ParseOrg("yingzao.yaml", data); err != nil {
				return fail(err)
			}
		}
	}
	if org != "" {
		if w.Org, err = a.loadOrg(ctx, f, org, w.CA); err != nil {
			return fail(err)
		}
	}
	return w, done, nil
}

func (a *app) loadOrg(ctx context.Context, f *bootstrapFlags, org string, ca []byte) (*bootstrap.Org, error) {
	client, err := bootstrap.Client(a.environ, ca)
	if err != nil {
		return nil, err
	}
	defer client.CloseIdleConnections()
	if f.offline || f.from != "" {
		client = nil
	}
	why := bootstrap.Voucher{SHA256: f.orgSum}
	if f.orgKey != "" {
		key, err := trust.ReadKey(f.orgKey)
		if err != nil {
			return nil, err
		}
		why.Suffix = key.Kind().Suffix()
		why.Verify = func(data, signature []byte) error {
			_, err := key.Verify(bytes.NewReader(data), signature)
			return err
		}
	}
	return bootstrap.LoadOrg(ctx, org, why, client)
}

// knownSDK is what the matrix knows of a release on a platform.
func knownSDK(m *matrix.Matrix, version, platform string) (h1, sha256 string) {
	arch, world, ok := linuxArch(platform)
	if !ok {
		return "", ""
	}
	s, err := m.SDKFor(version[len("go"):], arch, world)
	if err != nil || "go"+s.Go != version {
		return "", ""
	}
	return s.H1, s.SHA256
}

// deskBundle is a bundle as a desk uses it.
func deskBundle(b *bundle.Bundle) *bootstrap.Bundle {
	out := &bootstrap.Bundle{SDKs: b.SDKDir(), Proxy: b.Proxy(), Sequence: b.Sequence, Proof: b.Proof}
	for _, s := range b.SDKs {
		if s.Platform == runtime.GOOS+"/"+runtime.GOARCH && (out.Go == "" || goversion.Compare(s.Version, "go"+out.Go) > 0) {
			out.Go = strings.TrimPrefix(s.Version, "go")
		}
	}
	for _, t := range b.Tools {
		pkg, v, _ := strings.Cut(t, "@")
		out.Tools = append(out.Tools, bootstrap.Tool{Package: pkg, Version: v})
	}
	return out
}
