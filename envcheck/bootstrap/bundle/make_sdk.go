package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// sdks fetches the SDKs, writes the proof, and proves from it what is in the bundle.
func (m *maker) sdks(ctx context.Context) error {
	if len(m.Platforms) == 0 {
		return nil
	}
	var releases []gosdk.Release
	pinned := m.ProofFile == ""
	for _, word := range m.Platforms {
		t, err := target.Parse(word)
		if err != nil {
			return err
		}
		if t.ABI1 {
			return msg.Errorf("put the Go SDK of %v into a bundle: no checksum database knows it", "将 %v 的 Go SDK 放入离线包：校验数据库中没有它", t).WithKind(msg.Usage).
				WithHint("carry Loongson's archive beside the bundle and pin its SHA-256", "请将龙芯的安装包与离线包一同携带，并固定其 SHA-256")
		}
		r := gosdk.Release{Version: "go" + strings.TrimPrefix(m.Go, "go"), GOOS: t.OS, GOARCH: t.Arch}
		if err := r.Check(); err != nil {
			return err
		}
		by, err := m.sdk(ctx, r)
		if err != nil {
			return err
		}
		pinned = pinned && by == fetch.PinnedH1
		releases = append(releases, r)
	}
	// The database of this place may not have all, and none of them needs it.
	if err := m.proof(ctx, releases); err != nil && (!pinned || ctx.Err() != nil) {
		return err
	}
	return m.proveSDKs(ctx, releases)
}

// sdk puts one SDK into the bundle, as the zip of its module, and says who vouched.
func (m *maker) sdk(ctx context.Context, r gosdk.Release) (fetch.Voucher, error) {
	m.Progress(msg.Textf("Go SDK: %v", "Go SDK：%v", r))
	o := m.SDK
	if o.H1 == "" && o.SHA256 == "" && m.Pins != nil {
		o.H1, o.SHA256 = m.Pins(r.Version, r.GOOS+"/"+r.GOARCH)
	}
	s, err := fetch.Find(ctx, r, "", o)
	if err != nil {
		return "", err
	}
	if s.Close != nil {
		defer s.Close()
	}
	name := sdkDir + "/" + r.Module().Version + ".zip"
	m.m.SDKs = append(m.m.SDKs, SDK{r.GOOS + "/" + r.GOARCH, r.Version, s.H1, name})
	// The zip as it came, if it did; it is proved below.
	for _, from := range []string{s.Proof.Source, filepath.Join(m.SDK.Cache, path.Base(name))} {
		if fi, err := os.Stat(from); err == nil && fi.Mode().IsRegular() && strings.HasSuffix(from, ".zip") {
			return s.Proof.By, m.copy(ctx, from, name, 0o644)
		}
	}
	var entries []archive.Entry
	for _, f := range s.Files {
		inside := f.Name
		if path.Base(inside) == "go.mod" {
			inside = path.Join(path.Dir(inside), "_go.mod")
		}
		entries = append(entries, archive.Entry{Name: r.Module().String() + "/" + inside, Size: f.Size, Open: f.Open})
	}
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o755); err != nil {
		return "", msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	_, err = archive.WriteFile(ctx, m.path(name), 0o644, func(w io.Writer) error {
		return archive.Write(ctx, w, archive.Zip, entries, archive.Options{})
	})
	return s.Proof.By, err
}

// proof writes go.proof: the file that was given, or what the first way to the
// checksum database gives that proves itself.
func (m *maker) proof(ctx context.Context, releases []gosdk.Release) error {
	if m.ProofFile != "" {
		m.m.Proof = proofName
		return m.copy(ctx, m.ProofFile, proofName, 0o644)
	}
	if m.SDK.Offline || m.SumDB.Off {
		return nil
	}
	m.Progress(msg.Text{EN: "proofs of the checksum database", ZH: "校验数据库的证明"})
	remotes, err := m.remotes()
	if err != nil {
		return err
	}
	var failed []error
	for _, remote := range remotes {
		var b bytes.Buffer
		err := gosdk.WriteProof(ctx, &b, gosdk.ProofOptions{Key: m.SumDB.Key, Remote: remote, Releases: releases})
		if err == nil {
			m.m.Proof = proofName
			return m.write(ctx, proofName, 0o644, b.Bytes())
		}
		if ctx.Err() != nil {
			return err
		}
		failed = append(failed, err)
	}
	err = msg.Join(failed...)
	return msg.Errorf("write proofs for the bundle: %w", "为离线包写出证明：%w", err).WithKind(msg.KindOf(err)).
		WithHint("without the network give a proof file by --proof, or leave it out by --offline", "没有网络时请用 --proof 给出证明文件，或用 --offline 省略")
}

// remotes are the ways to the database: through each mirror, then at its own hosts.
func (m *maker) remotes() ([]gosdk.Remote, error) {
	if m.SumDB.Key == "" {
		m.SumDB = goenv.SumDB{Name: goenv.PublicSumDB, Key: goenv.PublicSumDBKey}
	}
	log, err := fetch.NewLog(fetch.LogOptions{DB: m.SumDB, Mirrors: m.SDK.Mirrors, Client: m.SDK.Client})
	if err != nil {
		return nil, err
	}
	var all []gosdk.Remote
	for _, way := range log.Ways() {
		all = append(all, way.Remote)
	}
	return all, nil
}

// proveSDKs does what a desk will do: no network, nothing but the bundle.
func (m *maker) proveSDKs(ctx context.Context, releases []gosdk.Release) error {
	for i, r := range releases {
		o := fetch.Options{Dir: m.path(sdkDir), Offline: true}
		if m.m.Proof != "" {
			var err error
			if o.Proof, err = proofLog(ctx, m.path(proofName), m.SumDB.Key); err != nil {
				return err
			}
		} else {
			o.H1 = m.m.SDKs[i].H1
		}
		s, err := fetch.Find(ctx, r, "", o)
		if err != nil {
			return msg.Errorf("prove %v from the bundle: %w", "用离线包证明 %v：%w", r, err).WithKind(msg.KindOf(err))
		}
		if s.Close != nil {
			err = s.Close()
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}
