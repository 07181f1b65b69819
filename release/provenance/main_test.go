package provenance

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

// key is an Ed25519 key as package trust would hand it over.
type key struct {
	id     string
	secret ed25519.PrivateKey
}

func newKey(id string) key {
	seed := sha256.Sum256([]byte("a key for tests: " + id))
	return key{id, ed25519.NewKeyFromSeed(seed[:])}
}

func (k key) ID() string { return k.id }
func (k key) SignRaw(_ context.Context, _ string, message []byte) ([]byte, error) {
	return ed25519.Sign(k.secret, message), nil
}
func (k key) VerifyRaw(message, sig []byte) bool {
	return ed25519.Verify(k.secret.Public().(ed25519.PublicKey), message, sig)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func release() (m *manifest.Manifest, sum string) {
	m = &manifest.Manifest{
		Schema: 1, Project: "hello", Version: "1.2.3", Tag: "v1.2.3", Commit: "0123456789abcdef0123456789abcdef01234567",
		Plan: "sha256:" + digest("plan"), Go: "go1.26.8", Compressor: "example/compress@v1",
		Artifacts: []manifest.Artifact{
			{Name: "SHA256SUMS", Kind: manifest.KindChecksum, SHA256: digest("sums")},
			{Name: "hello_1.2.3_linux_amd64.tar.gz", Kind: manifest.KindArchive, SHA256: digest("archive")},
		},
	}
	return m, digest("manifest")
}

func facts() Facts {
	return Facts{
		Module: "example.cn/hello", SourceURI: "git+https://git.example.cn/g/hello.git", GoMod: "sha256:" + digest("mod"),
		Config: ".yingzao.yaml", ConfigSum: "sha256:" + digest("config"), Targets: []string{"linux/amd64"},
		Builds: []Build{{ID: "hello", Target: "linux/amd64", Main: ".", Go: "go1.26.8", Flags: []string{"-trimpath", "-tags=netgo", "-ldflags=-s -w -X main.v=1"},
			Ldflags: "-s -w -X main.v=1", Tags: "netgo", Env: []string{"CGO_ENABLED=0", "GOAMD64=v1"}}},
		Toolchains: []Toolchain{{Module: "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64", H1: "h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=", Proof: "genuine"}},
		Modules:    []Module{{"example.cn/dep", "v1.0.0", "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, {"example.cn/vendored", "v1.1.0", ""}},
		Parts:      []Part{{Target: "linux/amd64", Builder: "runner-7 (linux/amd64)", Go: "go1.26.8", SHA256: digest("part"), Again: []string{"runner-8 (linux/arm64)"}}},
		BuilderID:  BuilderID("gitlab", "linux", "amd64"), Tool: "v0.9.0", JobURL: "https://git.example.cn/g/hello/-/jobs/7",
		Started: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC), Finished: time.Date(2026, 1, 2, 3, 5, 0, 0, time.UTC),
	}
}

func made(t *testing.T) (*Statement, *manifest.Manifest, string) {
	t.Helper()
	m, sum := release()
	s, err := New(m, sum, facts())
	if err != nil {
		t.Fatal(err)
	}
	return s, m, sum
}
