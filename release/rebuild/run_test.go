package rebuild

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

const config = `version: 1
release:
  targets: [linux/amd64, windows/amd64]
  builds:
    - {main: ., binary: hello, ldflags: '-s -w -X main.version={{ .Version }}'}
`

func openStore(t *testing.T, dir string) store.Store {
	t.Helper()
	st, err := file.Open(context.Background(), &url.URL{Scheme: "file", Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// published makes a repository and a release of it, in a store.
func published(t *testing.T, env []string, changes ...files) (dir, site string) {
	t.Helper()
	needs(t, "git")
	dir = project(t, env, append([]files{{".yingzao.yaml": config, ".gitignore": "dist/\n"}}, changes...)...)
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "x"}, {"tag", "v1.2.3"}} {
		run(t, dir, env, "git", args...)
	}
	site = t.TempDir()
	_, err := release.Run(context.Background(), release.Options{Dir: dir, To: []string{site}, Environ: env,
		OpenStore: func(context.Context, string) (store.Store, error) { return openStore(t, site), nil }})
	if err != nil {
		t.Fatal(err, msg.Hint(err))
	}
	return dir, site
}

func opened(t *testing.T, site string) *Release {
	t.Helper()
	r, err := InStore(context.Background(), openStore(t, site), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

type key struct{ secret ed25519.PrivateKey }

func (k key) ID() string { return "0123456789ABCDEF" }
func (k key) SignRaw(_ context.Context, _ string, m []byte) ([]byte, error) {
	return ed25519.Sign(k.secret, m), nil
}
func (k key) VerifyRaw(m, sig []byte) bool {
	return ed25519.Verify(k.secret.Public().(ed25519.PublicKey), m, sig)
}

func TestRebuildIsIdenticalAndAttested(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	// What lies about in the checkout takes no part, nor does where it is now.
	files{"a.go": "package main\n\nconst which = \"changed since\"\n", "stray.txt": "x"}.write(t, dir)
	rel := opened(t, site)
	o := Options{Source: dir, Environ: env, Shared: true, Offline: true, Keep: filepath.Join(t.TempDir(), "kept")}
	started := time.Now()
	r, err := Run(context.Background(), rel, o)
	if err != nil {
		b, _ := json.Marshal(r)
		t.Fatalf("%v %v\n%s", err, msg.Hint(err), b)
	}
	if len(r.Same()) != 3 || r.Source.Kind != "git" || r.Cache != "shared" || len(r.Toolchains) != 1 || r.Toolchains[0].Proof != provenance.Unverified || !strings.HasPrefix(r.Toolchains[0].H1, "h1:") {
		t.Errorf("%+v", r)
	}
	if kept, err := os.ReadDir(o.Keep); err != nil || len(kept) != 3 {
		t.Errorf("kept %v %v", kept, err)
	}

	k := key{ed25519.NewKeyFromSeed(make([]byte, 32))}
	name, data, err := Attest(t.Context(), rel, r, started, time.Now(), func(string) (string, bool) { return "", false }, [2]string{"linux", "amd64"}, k.ID(), k)
	if err != nil {
		t.Fatal(err)
	}
	by, problems := provenance.Rebuilders(rel.Manifest, rel.Sum(), map[string][]byte{name: data}, []provenance.Verifier{k}, nil)
	if len(by) != 1 || len(problems) > 0 {
		t.Errorf("attested by %v, %v", by, problems)
	}
	for _, secret := range []string{dir, site, os.TempDir()} {
		s, err := provenance.Payload(data)
		if err != nil || bytes.Contains(s.Predicate, []byte(secret)) {
			t.Errorf("the attestation names %s (%v)", secret, err)
		}
	}

	// One target alone: the rest is skipped, and is not attested.
	one, err := target.Parse("windows/amd64")
	if err != nil {
		t.Fatal(err)
	}
	o.Targets, o.Keep = []target.Target{one}, ""
	if r, err = Run(context.Background(), rel, o); err != nil || len(r.Same()) != 1 || r.Count(Skipped) != 2 {
		t.Errorf("one target: %v %+v", err, r)
	}
}

// tamper changes an artifact in the store; with a manifest that fits, as somebody
// who holds the key could.
func tamper(t *testing.T, site, name string, change func([]byte) []byte, cover bool) {
	t.Helper()
	folder := filepath.Join(site, "hello", "1.2.3")
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	was, is := sha256.Sum256(b), [32]byte{}
	b = change(b)
	is = sha256.Sum256(b)
	if err := os.WriteFile(filepath.Join(folder, name), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if !cover {
		return
	}
	for _, list := range []string{manifest.FileName, manifest.SumsName} {
		path := filepath.Join(folder, list)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte(hex.EncodeToString(was[:])), []byte(hex.EncodeToString(is[:])))
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// repack changes the program inside an archive.
func repack(t *testing.T, b []byte, change func([]byte) []byte) []byte {
	t.Helper()
	var all []archive.Entry
	err := archive.Walk(context.Background(), bytes.NewReader(b), archive.TarGz, archive.Limits{}, func(h archive.Header, r io.Reader) error {
		body, err := io.ReadAll(r)
		if strings.HasSuffix(h.Name, ".exe") {
			body = change(body)
		}
		all = append(all, archive.Entry{Name: h.Name, Mode: h.Mode, ModTime: h.ModTime, Size: int64(len(body)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }})
		return err
	})
	var out bytes.Buffer
	if err == nil {
		err = archive.Write(context.Background(), &out, archive.TarGz, all, archive.Options{ModTime: commitTime})
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRebuildFindsWhatWasPlanted(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	const windows = "hello_1.2.3_windows_amd64.tar.gz"
	flipped := func(exe []byte) []byte {
		all, _ := parts(exe)
		exe = bytes.Clone(exe)
		exe[all[0].offset+1000] ^= 1
		return exe
	}
	o := Options{Source: dir, Environ: env, Shared: true, Offline: true}

	tamper(t, site, windows, func(b []byte) []byte { return repack(t, b, flipped) }, true)
	rel := opened(t, site)
	r, err := Run(context.Background(), rel, o)
	if err == nil || msg.KindOf(err) != msg.Findings || r == nil {
		t.Fatalf("a changed program: %v", err)
	}
	for _, a := range r.Artifacts {
		switch a.Name {
		case windows:
			if a.Status != Different || a.Damaged || len(a.Differences) != 1 || !strings.HasSuffix(a.Differences[0].File, "hello.exe") || a.Differences[0].Sections[0].Name != ".text" || a.Differences[0].Causes[0].Code != CauseTampered {
				t.Errorf("%+v", a)
			}
		case manifest.SumsName:
			if a.Status != Different {
				t.Errorf("the list of sums fits: %+v", a)
			}
		default:
			if a.Status != Identical {
				t.Errorf("%+v", a)
			}
		}
	}
	k := key{ed25519.NewKeyFromSeed(make([]byte, 32))}
	_, data, err := Attest(t.Context(), rel, r, time.Now(), time.Now(), func(string) (string, bool) { return "", false }, [2]string{"linux", "amd64"}, k.ID(), k)
	if err != nil {
		t.Fatal(err)
	}
	if by, _ := provenance.Rebuilders(rel.Manifest, rel.Sum(), map[string][]byte{"rebuilt-a.intoto.json": data}, []provenance.Verifier{k}, nil); len(by) > 0 {
		t.Error("what differs counts as rebuilt")
	}

	// Damage that the manifest does not cover.
	tamper(t, site, "hello_1.2.3_linux_amd64.tar.gz", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }, false)
	r, err = Run(context.Background(), opened(t, site), o)
	if msg.KindOf(err) != msg.Findings || r == nil {
		t.Fatalf("a damaged archive: %v", err)
	}
	for _, a := range r.Artifacts {
		if a.Name == "hello_1.2.3_linux_amd64.tar.gz" && (!a.Damaged || a.Note == nil || !strings.Contains(a.Note.EN, "changed after it was made")) {
			t.Errorf("%+v", a)
		}
	}

	// An artifact that is not there.
	if err := os.Remove(filepath.Join(site, "hello", "1.2.3", windows)); err != nil {
		t.Fatal(err)
	}
	if r, err = Run(context.Background(), opened(t, site), o); r == nil || r.Count(Missing) != 1 {
		t.Errorf("a missing artifact: %v %+v", err, r)
	}
}

// proxied is a file proxy that has the module in a folder, with these files.
func proxied(t *testing.T, dir string) (proxy string, module files) {
	t.Helper()
	proxy, module = fileProxy(t), files{}
	for _, name := range []string{"go.mod", "go.sum", "main.go", "a.go", "b.go", "LICENSE", ".yingzao.yaml"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		module[name] = string(b)
	}
	serve(t, proxy, "example.cn/hello", "v1.2.3", module)
	return proxy, module
}

// A module from a proxy has no .git and no executable bits.
func TestRebuildFromAProxy(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	proxy, module := proxied(t, dir)
	o := Options{Source: GoProxy, Environ: append(env, "GOPROXY=file://"+filepath.ToSlash(proxy)), Shared: true}
	if v := goEnv()["GOVERSION"]; strings.Contains(v, "-") || strings.Contains(v, " ") {
		t.Skipf("the Go here is %s, which cannot be asked for by name", v)
	}
	// No checksum database is asked: its address is one that nobody has.
	o.Environ = append(o.Environ, "GOSUMDB=sum.golang.org http://127.0.0.1:1", "GONOSUMDB=example.cn")
	r, err := Run(context.Background(), opened(t, site), o)
	if err != nil {
		t.Fatal(err, msg.Hint(err))
	}
	if len(r.Same()) != 3 || r.Source.Kind != GoProxy || r.Source.From != "example.cn/hello@v1.2.3" || !strings.HasPrefix(r.Source.H1, "h1:") {
		t.Errorf("%+v", r)
	}

	// The same tag with other files.
	module["a.go"] = strings.Replace(module["a.go"], "plain", "moved", 1)
	proxy = fileProxy(t)
	serve(t, proxy, "example.cn/hello", "v1.2.3", module)
	o.Environ = append(o.Environ, "GOPROXY=file://"+filepath.ToSlash(proxy), "GOMODCACHE="+t.TempDir())
	r, err = Run(context.Background(), opened(t, site), o)
	if msg.KindOf(err) != msg.Findings || r == nil || r.Artifacts[1].Differences[0].Causes[0].Code != CauseSources {
		t.Errorf("%v %+v", err, r)
	}
}

func TestRebuildRefuses(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	folder := filepath.Join(site, "hello", "1.2.3")
	plan, err := os.ReadFile(filepath.Join(folder, manifest.PlanName))
	if err != nil {
		t.Fatal(err)
	}
	replan := func(change func(p *release.Plan)) []byte {
		var p release.Plan
		if err := json.Unmarshal(plan, &p); err != nil {
			t.Fatal(err)
		}
		change(&p)
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	denied := errors.New("the signatures do not hold")
	other, err := target.Parse("linux/arm64")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		plan []byte // nil = none, else what is published
		o    Options
		want string
		kind msg.Kind
	}{
		{"no plan", nil, Options{Source: dir}, "the release has no plan.json", msg.Incomplete},
		{"a plan that was changed", replan(func(p *release.Plan) { p.Jobs[0].Flags = []string{"-toolexec=evil"} }), Options{Source: dir}, "the file was changed", msg.Findings},
		{"no JSON", []byte("x"), Options{Source: dir}, "not the JSON", msg.Findings},
		{"signatures", plan, Options{Source: dir, Signed: func(context.Context, *Release) ([]string, error) { return nil, denied }}, denied.Error(), msg.Failed},
		{"another target", plan, Options{Source: dir, Targets: []target.Target{other}}, "has no target linux/arm64", msg.Usage},
		{"no such source", plan, Options{Source: "nowhere"}, "neither a folder nor a git address", msg.Usage},
		{"an option as a source", plan, Options{Source: "--upload-pack=x:y"}, "is no source", msg.Usage},
		{"a folder of another module", plan, Options{Source: t.TempDir()}, "holds no module example.cn/hello", msg.Incomplete},
		{"offline", plan, Options{Source: "https://git.example.cn/g/hello.git", Offline: true}, "cannot be cloned offline", msg.Incomplete},
	} {
		path := filepath.Join(folder, manifest.PlanName)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if tc.plan != nil {
			if err := os.WriteFile(path, tc.plan, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tc.o.Environ, tc.o.Shared = env, true
		_, err := Run(context.Background(), opened(t, site), tc.o)
		if err == nil || !strings.Contains(err.Error(), tc.want) || msg.KindOf(err) != tc.kind {
			t.Errorf("%s: %v (kind %v), want %q of kind %v", tc.name, err, msg.KindOf(err), tc.want, tc.kind)
		}
	}
	if _, err := InFolder(t.TempDir()); err == nil {
		t.Error("an empty folder is a release")
	}
	if r, err := InFolder(folder); err != nil || len(r.Sidecars) != 1 {
		t.Errorf("a version's folder: %v %+v", err, r)
	}
	if _, err := InStore(context.Background(), openStore(t, t.TempDir()), "", ""); err == nil {
		t.Error("an empty store has a release")
	}
}

// Commands of strangers run only when they are allowed.
func TestHooksAreAskedFor(t *testing.T) {
	needs(t, "sh")
	env := environ(t)
	mark := filepath.Join(t.TempDir(), "ran")
	dir, site := published(t, env, files{".yingzao.yaml": strings.Replace(config, "release:\n", "release:\n  before: ['sh -c \"echo ran >> "+mark+"\"']\n", 1)})
	if err := os.Remove(mark); err != nil {
		t.Fatal(err)
	}
	o := Options{Source: dir, Environ: env, Shared: true, Offline: true}
	if _, err := Run(context.Background(), opened(t, site), o); err == nil || !strings.Contains(msg.Hint(err).EN, "--hooks") {
		t.Errorf("hooks: %v", err)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("the command ran")
	}
	o.Hooks = true
	if r, err := Run(context.Background(), opened(t, site), o); err != nil || len(r.Same()) != 3 {
		t.Errorf("with hooks: %v", err)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Error("the command did not run")
	}
}
