package publish

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// mirror is a server of one kind before a store; asked counts requests for
// artifacts.
type mirror struct {
	kind  string // "good", "corrupting", "empty", "broken off", "dead"
	url   string
	asked atomic.Int32
}

func newMirror(t *testing.T, st *file.Store, kind string) *mirror {
	t.Helper()
	m := &mirror{kind: kind}
	files := http.FileServer(http.Dir(st.Dir()))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".tar.gz") {
			m.asked.Add(1)
			switch kind {
			case "corrupting":
				b, _ := os.ReadFile(filepath.Join(st.Dir(), r.URL.Path))
				b[len(b)/2] ^= 1
				_, _ = w.Write(b)
				return
			case "empty":
				http.NotFound(w, r)
				return
			case "broken off":
				w.Header().Set("Content-Length", "100000")
				_, _ = w.Write([]byte("not all of it"))
				return
			}
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	if m.url = srv.URL; kind == "dead" {
		srv.Close()
	}
	return m
}

// tools is a folder with what the script needs, and one tool to download with.
func tools(t *testing.T, download string) string {
	t.Helper()
	dir := t.TempDir()
	link := func(from, name string) {
		p, err := exec.LookPath(from)
		if err == nil {
			err = os.Symlink(p, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tool := range []string{"sh", "cat", "awk", "cut", "sort", "tr", "mktemp", "mkdir", "chmod", "tar", "gzip", "sha256sum", "id", "uname", "dirname", "mv", "rm", "cp"} {
		link(tool, tool)
	}
	if download == "busybox wget" {
		link("busybox", "wget")
	} else {
		link(download, download)
	}
	return dir
}

// With every shell and every tool: the first place that has the file as it must
// be is the one that counts, and what is damaged is never installed.
func TestInstallFromMirrors(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	st := newStore(t)
	r := realRelease(t)
	downloads := []string{"curl", "wget", "busybox wget"}
	downloads = slices.DeleteFunc(downloads, func(d string) bool {
		_, err := exec.LookPath(strings.Fields(d)[0])
		return err != nil
	})
	needs(t, "curl or wget", len(downloads) > 0)
	for n, tc := range []struct {
		kinds []string // the first is base_url
		code  int
		says  []string
	}{
		{[]string{"good", "good"}, 0, nil},
		{[]string{"dead", "good", "good"}, 0, []string{"cannot download"}},
		{[]string{"corrupting", "good"}, 0, []string{"is damaged or not genuine"}},
		{[]string{"empty", "broken off", "good"}, 0, []string{"cannot download"}},
		{[]string{"corrupting", "dead"}, 3, []string{"is damaged or not genuine", "cannot download", "no place has 1.2.0/demo_1.2.0_linux_amd64.tar.gz as it must be"}},
		{[]string{"dead", "empty"}, 4, []string{"cannot download", "no place has"}},
	} {
		mirrors := make([]*mirror, len(tc.kinds))
		o := quick
		o.Mirrors = []string{}
		for i, kind := range tc.kinds {
			if mirrors[i] = newMirror(t, st, kind); i == 0 {
				o.BaseURL = mirrors[i].url
			} else {
				o.Mirrors = append(o.Mirrors, mirrors[i].url)
			}
		}
		if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
			t.Fatal(err)
		}
		script := filepath.Join(t.TempDir(), "install.sh") // as downloaded: not beside the files
		if err := os.WriteFile(script, []byte(get(t, st, "demo/install.sh")), 0o600); err != nil {
			t.Fatal(err)
		}
		for d, download := range downloads {
			for s, shell := range shells() {
				if !allFaults() && (d*len(shells())+s-n)%6 != 0 {
					continue // some of them for each case, all of them in all
				}
				t.Run(strings.Join(tc.kinds, ", ")+"/"+download+"/"+shell, func(t *testing.T) {
					for _, m := range mirrors {
						m.asked.Store(0)
					}
					bin := filepath.Join(t.TempDir(), "bin")
					line := []string{shell, script, "--dir", bin}
					if shell == "busybox" {
						line = append([]string{"busybox", "sh"}, line[1:]...)
					}
					cmd := exec.Command(line[0], line[1:]...)
					cmd.Env = []string{"PATH=" + tools(t, download), "HOME=" + t.TempDir(), "no_proxy=*"}
					out, err := cmd.CombinedOutput()
					if cmd.ProcessState == nil {
						t.Fatal(err)
					}
					files, _ := filepath.Glob(bin + "/*")
					if code := cmd.ProcessState.ExitCode(); code != tc.code || (code == 0) != (len(files) == 1) {
						t.Errorf("exit %d, want %d; installed %q\n%s", code, tc.code, files, out)
					}
					for _, want := range tc.says {
						if !strings.Contains(string(out), want) {
							t.Errorf("it does not say %q:\n%s", want, out)
						}
					}
					for i, m := range mirrors[1:] {
						if before := mirrors[i].kind == "good"; before && m.asked.Load() > 0 {
							t.Errorf("place %d was asked although the one before is good", i+1)
						}
					}
					if tc.code != 0 {
						return
					}
					if got, err := exec.Command(files[0]).CombinedOutput(); err != nil || string(got) != "demo 1.2.0\n" {
						t.Errorf("the program said %q, %v", got, err)
					}
				})
			}
		}
	}
}

// --base goes before what the script knows, and a folder is complete by itself.
func TestInstallBase(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	st := newStore(t)
	r := realRelease(t)
	known, other := newMirror(t, st, "good"), newMirror(t, st, "good")
	o := quick
	o.BaseURL, o.Mirrors = "http://127.0.0.1:1", []string{known.url}
	if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
		t.Fatal(err)
	}
	i := newInstaller(t, st)
	if code, out := i.run("--base", other.url+"/demo/", "--dir", i.dir); code != 0 || other.asked.Load() != 1 || known.asked.Load() != 0 {
		t.Errorf("--base: exit %d\n%s", code, out)
	}
	if code, out := i.run("--dir", i.dir); code != 0 || known.asked.Load() != 0 || other.asked.Load() != 1 {
		t.Errorf("beside the files: exit %d\n%s", code, out)
	}
	if code, out := i.run("--base", st.Dir()+"/nowhere", "--dir", i.dir); code != 4 || known.asked.Load() != 0 {
		t.Errorf("a folder without the file: exit %d\n%s", code, out)
	}
	if code, out := i.run("--help"); code != 0 || !strings.Contains(out, known.url+"/demo") {
		t.Errorf("help: exit %d\n%s", code, out)
	}
}

func TestPublicURLs(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"https://dl.example.cn", "http://10.1.2.3:8080/a/b_c~d/", "https://[fd00::1]:8443/x", "https://dl.example.cn/%E5%B7%A5"} {
		if got, err := publicURL(raw); err != nil || got != strings.TrimRight(raw, "/") {
			t.Errorf("%s: %q, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "dl.example.cn", "ftp://x/y", "javascript:alert(1)", "https://", "https://x/a b", "https://x/$(id)", "https://x/'", "https://x/*", "https://x/工具",
		"https://canary:canary@x/", "https://x/?token=canary", "https://x/#canary", "https://x\n", "https://x/\nEND_OF_MIRRORS", "https://[x]/y", "://canary"} {
		got, err := publicURL(raw)
		if err == nil {
			t.Errorf("%q was taken: %q", raw, got)
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("a secret is told: %v", err)
		}
	}
	o, err := Options{BaseURL: "https://a/x/", Mirrors: []string{"https://b", "https://a/x", "https://b/"}}.PublicURLs()
	if err != nil || o.BaseURL != "https://a/x" || !slices.Equal(o.Mirrors, []string{"https://b"}) {
		t.Errorf("%+v, %v", o, err)
	}
	// A wrong address is known before anything is sent.
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	for _, o := range []Options{{BaseURL: "x"}, {Mirrors: []string{"https://a", "x"}}} {
		if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err == nil || len(keys(t, st, "")) > 0 {
			t.Errorf("%v, %q", err, keys(t, st, ""))
		}
	}
}

// Mirrors are handed on from index to index until somebody names others.
func TestMirrorsAreRemembered(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mirrors := func(version string, given []string) []string {
		t.Helper()
		o := quick
		o.Mirrors = given
		r := newRelease("demo", version, "a="+version)
		r.add(manifest.Artifact{Name: "b", Kind: manifest.KindFile}, []byte(version))
		if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
			t.Fatal(err)
		}
		mustVerify(t, st, VerifyOptions{})
		return indexIn(t, st, "demo").Mirrors
	}
	two := []string{"https://b.example.cn", "https://a.example.cn/x"}
	for n, step := range []struct{ given, want []string }{{nil, nil}, {two, two}, {nil, two}, {two[:1], two[:1]}, {[]string{}, nil}, {nil, nil}} {
		if got := mirrors("1.0."+string(rune('0'+n)), step.given); !slices.Equal(got, step.want) {
			t.Errorf("step %d: %q, want %q", n, got, step.want)
		}
	}
}
