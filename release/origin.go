package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// statementFile holds in dist what will be the provenance once somebody signs it. It
// is never published as it is.
const statementFile = "provenance.json"

// origin is where and when a merge happens.
type origin struct {
	lookup  func(string) (string, bool) // the environment
	started time.Time                   // of the whole run; zero when the steps run apart
}

// writeStatement writes down how the release was made. It is no part of it: it tells
// the time.
func writeStatement(ctx context.Context, plan *Plan, parts []*Part, again map[target.Target][]string, m *manifest.Manifest, dist string, by origin) error {
	f := provenance.Facts{
		Module: plan.Module, SourceURI: plan.Remote, GoMod: plan.GoMod, Sources: plan.Sources,
		Builds: plan.builds(), Tool: toolVersion(), Started: by.started, Finished: time.Now(),
	}
	f.Config, f.ConfigSum, _ = strings.Cut(plan.Config, " ")
	system, job := provenance.JobURL(by.lookup)
	f.JobURL, f.BuilderID = job, provenance.BuilderID(system, runtime.GOOS, runtime.GOARCH)
	known := map[provenance.Toolchain]bool{}
	for _, p := range parts {
		f.Targets = append(f.Targets, p.Target.String())
		made := provenance.Part{Target: p.Target.String(), Builder: p.Builder, Go: p.Go, Again: again[p.Target]}
		if sums, err := archive.SumFile(ctx, p.path(PartFile)); err == nil {
			made.SHA256 = sums.SHA256
		}
		t := provenance.Toolchain{Module: "golang.org/toolchain@" + p.Go, Proof: provenance.Unverified, Detail: "nobody asked when it built"}
		if p.Toolchain != nil {
			t = *p.Toolchain
			made.Module, made.Proof = t.Module, t.Proof
		}
		if !known[t] {
			known[t] = true
			f.Toolchains = append(f.Toolchains, t)
		}
		f.Parts = append(f.Parts, made)
		for _, b := range p.Binaries {
			f.Modules = append(f.Modules, provenance.ReadModules(p.path(b.Path))...)
		}
	}
	f.Modules = provenance.Merged(f.Modules)
	sum, err := manifestSum(m)
	if err != nil {
		return err
	}
	s, err := provenance.New(m, sum, f)
	if err != nil {
		return err
	}
	return writeJSON(ctx, filepath.Join(dist, statementFile), s)
}

// Attest signs what dist says about how the release was made, once by each signer, and
// leaves the envelope there as provenance.intoto.json. The bytes are nil for a dist that
// says nothing, one that GoReleaser made.
func Attest(ctx context.Context, dist string, m *manifest.Manifest, by ...provenance.Sign) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(dist, statementFile))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, msg.Errorf("sign provenance: %w", "签署来源证明：%w", err)
	}
	s, err := provenance.Parse(raw)
	if err != nil {
		return nil, err
	}
	sum, err := manifestSum(m)
	if err != nil {
		return nil, err
	}
	if bad := provenance.Check(s, m, sum); len(bad) > 0 {
		return nil, msg.Errorf("sign provenance: %s is about another release: %s: %v", "签署来源证明：%s 描述的是另一次发布：%s：%v", statementFile, bad[0].Subject, bad[0].Text).
			WithHint("merge the parts again: yingzao release merge", "请重新合并各部件：yingzao release merge").WithKind(msg.Findings)
	}
	data, err := provenance.Seal(s, by...)
	if err != nil {
		return nil, err
	}
	return data, writeBytes(ctx, filepath.Join(dist, manifest.ProvenanceName), data)
}

// manifestSum is the SHA-256 of manifest.json as it is written, in hex.
func manifestSum(m *manifest.Manifest) (string, error) {
	b, err := m.Marshal()
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}

// builds are the plan's runs of go build as a statement has them.
func (p *Plan) builds() []provenance.Build {
	var out []provenance.Build
	for _, j := range p.Jobs {
		b := provenance.Build{ID: j.Build, Target: j.Target.String(), Main: j.Main, Go: j.Go, Flags: j.Flags, Env: j.Env,
			Ldflags: provenance.FlagValue(j.Flags, "ldflags"), Tags: provenance.FlagValue(j.Flags, "tags")}
		if b.Go == "" {
			b.Go = p.Go
		}
		out = append(out, b)
	}
	return out
}

// configSum is the configuration file by name and digest; "" without one.
func (p *project) configSum() (string, error) {
	if p.cfg.File == "" {
		return "", nil
	}
	path := p.cfg.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.dir, path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", msg.Errorf("read configuration: %w", "读取配置：%w", err)
	}
	sum := sha256.Sum256(b)
	return filepath.Base(path) + " sha256:" + hex.EncodeToString(sum[:]), nil
}

// toolVersion is this yingzao's version; "" for one that was built from a checkout.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}
