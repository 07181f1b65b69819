package provenance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestStatementSaysWhatDecidesTheBytes(t *testing.T) {
	s, _, _ := made(t)
	raw, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"_type":"https://in-toto.io/Statement/v1"`, `"predicateType":"https://slsa.dev/provenance/v1"`,
		`{"name":"manifest.json","digest":{"sha256":"` + digest("manifest") + `"}}`,
		`"uri":"git+https://git.example.cn/g/hello.git","digest":{"gitCommit":"0123456789abcdef0123456789abcdef01234567"}`,
		`"ldflags":"-s -w -X main.v=1"`, `"tags":"netgo"`, `"GOAMD64=v1"`, `"compressor":"example/compress@v1"`,
		// The specification's own example of a directory's digest.
		`"uri":"pkg:golang/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64","digest":{"dirHash1":"2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f"}`,
		`"h1":"h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`, `"uri":"pkg:golang/example.cn/vendored@v1.1.0","annotations"`,
		`"invocationId":"https://git.example.cn/g/hello/-/jobs/7"`, `"startedOn":"2026-01-02T03:04:05Z"`, `"reproduced_by":"runner-8 (linux/arm64)"`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the statement lacks %s:\n%s", want, raw)
		}
	}
	again, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	p, err := again.Provenance()
	if err != nil || len(p.BuildDefinition.ResolvedDependencies) != 5 {
		t.Errorf("read back: %v, %+v", err, p)
	}
}

func TestNothingIsInvented(t *testing.T) {
	m, sum := release()
	m.Commit = ""
	s, err := New(m, sum, Facts{Toolchains: []Toolchain{{Module: "golang.org/toolchain@go1.26.8-abi1.0", Proof: Unverified, Detail: "offline"}}})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"dirHash1", "gitCommit", "startedOn", "invocationId", `"uri":""`, "0001-01-01"} {
		if strings.Contains(string(raw), bad) {
			t.Errorf("%s stands there though nothing is known:\n%s", bad, raw)
		}
	}
	if !strings.Contains(string(raw), `"proof":"unverified"`) {
		t.Errorf("it does not say that the toolchain is unverified:\n%s", raw)
	}
}

func TestCheckNamesTheFile(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(s *Statement, m *manifest.Manifest, sum *string)
		want   []string // subjects of the problems
	}{
		{"as it was made", func(*Statement, *manifest.Manifest, *string) {}, nil},
		{"an artifact changed", func(_ *Statement, m *manifest.Manifest, _ *string) { m.Artifacts[1].SHA256 = digest("evil") }, []string{"hello_1.2.3_linux_amd64.tar.gz"}},
		{"the manifest changed", func(_ *Statement, _ *manifest.Manifest, sum *string) { *sum = digest("evil") }, []string{"manifest.json"}},
		{"an artifact more", func(_ *Statement, m *manifest.Manifest, _ *string) {
			m.Artifacts = append(m.Artifacts, manifest.Artifact{Name: "new", SHA256: digest("new")})
		}, []string{"new"}},
		{"an artifact less", func(_ *Statement, m *manifest.Manifest, _ *string) { m.Artifacts = m.Artifacts[1:] }, []string{"SHA256SUMS"}},
		{"another plan", func(_ *Statement, m *manifest.Manifest, _ *string) { m.Plan = "sha256:" + digest("evil") }, []string{"provenance.intoto.json"}},
		{"another commit", func(_ *Statement, m *manifest.Manifest, _ *string) { m.Commit = "f" }, []string{"provenance.intoto.json"}},
		{"another version", func(_ *Statement, m *manifest.Manifest, _ *string) { m.Version = "1.2.4" }, []string{"provenance.intoto.json"}},
		{"another predicate", func(s *Statement, _ *manifest.Manifest, _ *string) { s.PredicateType = RebuildType }, []string{"provenance.intoto.json"}},
	} {
		s, m, sum := made(t)
		tc.change(s, m, &sum)
		var got []string
		for _, p := range Check(s, m, sum) {
			got = append(got, p.Subject)
			if p.Text.In(msg.Chinese) == p.Text.EN {
				t.Errorf("%s: not told in Chinese", tc.name)
			}
		}
		if strings.Join(got, " ") != strings.Join(tc.want, " ") {
			t.Errorf("%s: problems with %v, want %v", tc.name, got, tc.want)
		}
	}
}

func TestFlagValue(t *testing.T) {
	for _, tc := range []struct {
		flags []string
		want  string
	}{
		{nil, ""}, {[]string{"-ldflags=-s"}, "-s"}, {[]string{"--ldflags=-s"}, "-s"}, {[]string{"-ldflags", "-s -w"}, "-s -w"},
		{[]string{"-ldflags=-s", "-ldflags="}, ""}, {[]string{"-ldflags"}, ""}, {[]string{"-ldflagsx=1"}, ""},
	} {
		if got := FlagValue(tc.flags, "ldflags"); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.flags, got, tc.want)
		}
	}
}

// What belongs to one machine, or is a secret, has no place in a source's address or
// a job's.
func TestAddresses(t *testing.T) {
	for remote, want := range map[string]string{
		"https://git.example.cn/g/p.git":                        "git+https://git.example.cn/g/p.git",
		"https://ci:CANARY@git.example.cn/g/p.git":              "git+https://git.example.cn/g/p.git",
		"https://git.example.cn/g/p.git?private_token=CANARY#x": "git+https://git.example.cn/g/p.git",
		"https://CANARY@git.example.cn:8443/g/p.git":            "git+https://git.example.cn:8443/g/p.git",
		"git@git.example.cn:g/p.git":                            "git+ssh://git@git.example.cn/g/p.git",
		"ssh://git@git.example.cn:2222/g/p.git":                 "git+ssh://git@git.example.cn:2222/g/p.git",
		"ssh://CANARY@git.example.cn/g/p.git":                   "git+ssh://git.example.cn/g/p.git",
		"/home/dev/p":                                           "",
		"../p":                                                  "",
		"file:///home/dev/p":                                    "",
		`C:\src\p`:                                              "",
		"C:/src/p":                                              "",
		"ext::sh -c 'curl evil.example'":                        "",
		"":                                                      "",
	} {
		got := SourceURI(remote)
		if got != want {
			t.Errorf("%s: %q, want %q", remote, got, want)
		}
		if got != "" && GitURL(got) != strings.TrimPrefix(got, "git+") {
			t.Errorf("%s: back it is %q", got, GitURL(got))
		}
	}
	for _, evil := range []string{"git+ext::sh", "https://x.example/y", "git+file:///etc", "git+--upload-pack=x"} {
		if got := GitURL(evil); got != "" {
			t.Errorf("%s would be cloned as %s", evil, got)
		}
	}
	env := map[string]string{"CI_JOB_URL": "https://u:CANARY@git.example.cn/g/p/-/jobs/1?token=CANARY#CANARY", "CI_JOB_TOKEN": "CANARY"}
	lookup := func(k string) (string, bool) { v, ok := env[k]; return v, ok }
	if system, got := JobURL(lookup); system != "gitlab" || got != "https://git.example.cn/g/p/-/jobs/1" {
		t.Errorf("job %s %s", system, got)
	}
	env = map[string]string{"BUILD_URL": "javascript:alert(1)"}
	if system, got := JobURL(lookup); system+got != "" {
		t.Errorf("job %s %s", system, got)
	}
	env = map[string]string{"GITHUB_SERVER_URL": "https://git.example", "GITHUB_REPOSITORY": "g/p", "GITHUB_RUN_ID": "7"}
	if _, got := JobURL(lookup); got != "https://git.example/g/p/actions/runs/7" {
		t.Errorf("job %s", got)
	}
}

// Every variable of the environment is a secret but those of the list.
func TestCanary(t *testing.T) {
	asked := map[string]bool{}
	JobURL(func(k string) (string, bool) { asked[k] = true; return "", false })
	for k := range asked {
		if strings.Contains(k, "TOKEN") || strings.Contains(k, "KEY") || strings.Contains(k, "PASS") {
			t.Errorf("%s is read", k)
		}
	}
	if len(asked) > 6 {
		t.Errorf("%d variables are read", len(asked))
	}
}

func TestRebuilders(t *testing.T) {
	publisher, bank, lab := newKey("publisher"), newKey("bank"), newKey("lab")
	m, sum := release()
	all := []string{"SHA256SUMS", "hello_1.2.3_linux_amd64.tar.gz"}
	attest := func(k key, same []string, change func(*Rebuild)) []byte {
		t.Helper()
		r := Rebuild{Project: m.Project, Version: m.Version, Manifest: sum, Plan: m.Plan, Cache: "fresh"}
		if change != nil {
			change(&r)
		}
		s, err := NewRebuild(m, same, r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Seal(s, By(t.Context(), k.id, k))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	keys := []Verifier{publisher, bank, lab}
	for _, tc := range []struct {
		name     string
		files    map[string][]byte
		keys     []Verifier
		want     string
		problems int
	}{
		{"two", map[string][]byte{RebuildName("bank"): attest(bank, all, nil), RebuildName("lab"): attest(lab, all, nil)}, keys, "bank lab", 0},
		{"the publisher does not count", map[string][]byte{RebuildName("publisher"): attest(publisher, all, nil)}, keys, "", 0},
		{"the same twice", map[string][]byte{RebuildName("bank"): attest(bank, all, nil), RebuildName("b2"): attest(bank, all, nil)}, keys, "bank", 0},
		{"not the whole release", map[string][]byte{RebuildName("bank"): attest(bank, all[1:], nil)}, keys, "", 0},
		{"an unknown key", map[string][]byte{RebuildName("bank"): attest(bank, all, nil)}, []Verifier{lab}, "", 0},
		{"another manifest", map[string][]byte{RebuildName("bank"): attest(bank, all, func(r *Rebuild) { r.Manifest = digest("x") })}, keys, "", 1},
		{"damaged", map[string][]byte{RebuildName("bank"): []byte("{")}, keys, "", 1},
		{"another file", map[string][]byte{"provenance.intoto.json": attest(bank, all, nil)}, keys, "", 0},
	} {
		by, problems := Rebuilders(m, sum, tc.files, tc.keys, []string{"publisher"})
		if strings.Join(by, " ") != tc.want || len(problems) != tc.problems {
			t.Errorf("%s: by %v with %v, want %q and %d problems", tc.name, by, problems, tc.want, tc.problems)
		}
	}
	// What was attested is compared with what is there now.
	file := map[string][]byte{RebuildName("bank"): attest(bank, all, nil)}
	m.Artifacts[1].SHA256 = digest("evil")
	by, problems := Rebuilders(m, sum, file, keys, nil)
	if len(by) > 0 || len(problems) != 1 || !strings.Contains(problems[0].Text.EN, "hello_1.2.3_linux_amd64.tar.gz") {
		t.Errorf("after a change: by %v with %v", by, problems)
	}
	if _, err := NewRebuild(m, nil, Rebuild{}); err == nil {
		t.Error("an attestation of nothing")
	}
	if !IsRebuild(RebuildName("AB12")) || !manifest.Sidecar(RebuildName("AB12")) || IsRebuild(manifest.ProvenanceName) {
		t.Error("names of attestations")
	}
	var r Rebuild
	s, err := Payload(attest(lab, all[1:], nil))
	if err != nil || json.Unmarshal(s.Predicate, &r) != nil || strings.Join(r.Missing, "") != "SHA256SUMS" {
		t.Errorf("what is missing is not said: %v %v", err, r.Missing)
	}
}
