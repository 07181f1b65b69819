package release

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// edKey is an Ed25519 key as package trust would hand it over.
type edKey struct{ secret ed25519.PrivateKey }

func (k edKey) ID() string { return "0123456789ABCDEF" }
func (k edKey) SignRaw(_ context.Context, _ string, m []byte) ([]byte, error) {
	return ed25519.Sign(k.secret, m), nil
}
func (k edKey) VerifyRaw(m, sig []byte) bool {
	return ed25519.Verify(k.secret.Public().(ed25519.PublicKey), m, sig)
}

// How a release was made is written down with the facts and without a secret.
func TestProvenanceOfARelease(t *testing.T) {
	needs(t, "git")
	const canary = "c4n4ry"
	dir := folder(t, hello.with(yaml(`  targets: [linux/amd64]
  builds:
    - {main: ., binary: hello, tags: [netgo], ldflags: '-s -w -X main.version={{ .Version }}'}
`)))
	commit(t, dir, "v1.2.3")
	git(t, dir, "remote", "add", "origin", "https://ci:"+canary+"@git.example.cn/g/hello.git?private_token="+canary)
	secret, public, err := trust.NewMinisign("")
	if err != nil {
		t.Fatal(err)
	}
	signKey := strings.Split(string(secret), "\n")[1]
	environ := testEnviron(SignKeyVariable+"="+signKey, "CI_JOB_URL=https://u:"+canary+"@git.example.cn/g/hello/-/jobs/7?token="+canary, "CI_JOB_TOKEN="+canary, "OSS_ACCESS_KEY_SECRET="+canary,
		"GOAUTH=off", "HTTPS_PROXY=http://u:"+canary+"@127.0.0.1:1")
	dist := filepath.Join(t.TempDir(), "dist")
	r, err := Run(context.Background(), Options{Dir: dir, Dist: dist, Environ: environ, NoPublish: true, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dist, statementFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{statementFile, PlanFile, filepath.Join("parts", "linux_amd64", PartFile)} {
		b, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil || bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte(signKey[:40])) {
			t.Errorf("%s holds a secret (%v):\n%s", name, err, b)
		}
		if name == statementFile && (bytes.Contains(b, []byte(dir)) || bytes.Contains(b, []byte(os.Getenv("HOME")+"/"))) {
			t.Errorf("%s holds a path of this machine:\n%s", name, b)
		}
	}
	s, err := provenance.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Provenance()
	if err != nil {
		t.Fatal(err)
	}
	x, in, run := p.BuildDefinition.ExternalParameters, p.BuildDefinition.InternalParameters, p.RunDetails
	if x.Source.URI != "git+https://git.example.cn/g/hello.git" || x.Source.Digest["gitCommit"] != r.Plan.Commit || x.Config == nil || len(x.Config.Digest["sha256"]) != 64 || x.Tag != "v1.2.3" {
		t.Errorf("source %+v, config %+v", x.Source, x.Config)
	}
	if in.Plan != r.Plan.Digest || len(in.Builds) != 1 || in.Builds[0].Ldflags != "-s -w -X main.version=1.2.3" || in.Builds[0].Tags != "netgo" || len(in.Builds[0].Env) == 0 {
		t.Errorf("builds %+v", in.Builds)
	}
	if run.Metadata.InvocationID != "https://git.example.cn/g/hello/-/jobs/7" || !strings.HasSuffix(run.Builder.ID, "/builder/gitlab/"+runtime.GOOS+"-"+runtime.GOARCH) || run.Metadata.StartedOn.IsZero() || len(run.Byproducts) != 1 || len(run.Byproducts[0].Digest["sha256"]) != 64 {
		t.Errorf("run %+v", run)
	}
	// The toolchain was hashed, since a key is there, and nobody vouched for it offline.
	found := false
	for _, d := range p.BuildDefinition.ResolvedDependencies {
		if strings.HasPrefix(d.URI, "pkg:golang/golang.org/toolchain@") {
			found = d.Annotations["proof"] == provenance.Unverified && len(d.Digest["dirHash1"]) == 64
		}
	}
	if !found {
		t.Errorf("no toolchain in %+v", p.BuildDefinition.ResolvedDependencies)
	}

	// The run signed it by the release's key.
	data, err := os.ReadFile(filepath.Join(dist, manifest.ProvenanceName))
	if err != nil {
		t.Fatal(err)
	}
	if _, by, err := provenance.Open(data, []provenance.Verifier{public}); err != nil || len(by) != 1 {
		t.Errorf("signed by %v: %v", by, err)
	}
	k := edKey{ed25519.NewKeyFromSeed(make([]byte, 32))}
	data, err = Attest(context.Background(), dist, r.Manifest, provenance.By(context.Background(), k.ID(), k))
	if err != nil {
		t.Fatal(err)
	}
	signed, by, err := provenance.Open(data, []provenance.Verifier{k})
	sum, sumErr := manifestSum(r.Manifest)
	if err != nil || sumErr != nil || len(by) != 1 || len(provenance.Check(signed, r.Manifest, sum)) > 0 {
		t.Errorf("signed by %v: %v %v", by, err, sumErr)
	}
	sidecars := func() string {
		all, err := Sidecars(dist, r.Manifest)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range all {
			if _, _, signature := trust.Signed(c.Name); !signature {
				names = append(names, c.Name)
			}
		}
		return strings.Join(names, " ")
	}
	if got := sidecars(); got != "provenance.intoto.json plan.json" {
		t.Errorf("sidecars %s", got)
	}
	// What is about another release is neither signed nor published.
	r.Manifest.Artifacts[0].SHA256 = strings.Repeat("0", 64)
	if _, err := Attest(context.Background(), dist, r.Manifest, provenance.By(context.Background(), k.ID(), k)); err == nil || !strings.Contains(err.Error(), "about another release") {
		t.Errorf("signed for another release: %v", err)
	}
	r.Manifest.Plan = "sha256:" + strings.Repeat("0", 64)
	if got := sidecars(); got != "" {
		t.Errorf("sidecars of another release: %s", got)
	}
	if b, err := Attest(context.Background(), t.TempDir(), &manifest.Manifest{}, provenance.By(context.Background(), k.ID(), k)); b != nil || err != nil {
		t.Errorf("a dist that says nothing: %s %v", b, err)
	}
}

// Where a clone comes from and how its configuration is commented decide no byte.
func TestPlanDigestKnowsNoRemote(t *testing.T) {
	p := &Plan{Schema: Schema, Project: "hello", Version: "1.0.0"}
	if err := p.seal(); err != nil {
		t.Fatal(err)
	}
	q := *p
	q.Remote, q.Config = "git+https://git.example.cn/g/p.git", ".yingzao.yaml sha256:00"
	if err := q.seal(); err != nil || q.Digest != p.Digest {
		t.Errorf("%v: %s and %s", err, p.Digest, q.Digest)
	}
	b, err := json.Marshal(q)
	if err != nil || !bytes.Contains(b, []byte("git.example.cn")) {
		t.Errorf("%v: %s", err, b)
	}
}
