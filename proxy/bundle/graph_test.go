package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// What Graph finds is what the real go mod download asks for, neither more nor less,
// and a bundle of it satisfies one.
func TestGraph(t *testing.T) {
	all := mirrortest.Modules{
		"example.com/new@v1.0.0":      {"x.go": "package x\n", "go.mod": "module example.com/new\n\ngo 1.21\n\nrequire (\n\texample.com/deep v1.1.0\n\texample.com/old v1.0.0\n)\n"},
		"example.com/old@v1.0.0":      {"x.go": "package x\n", "go.mod": "module example.com/old\n\nrequire example.com/deep v1.0.0\n"},
		"example.com/deep@v1.0.0":     {"x.go": "package x\n", "go.mod": "module example.com/deep\n\ngo 1.18\n\nrequire example.com/deepest v1.0.0\n"},
		"example.com/deep@v1.1.0":     {"x.go": "package x\n", "go.mod": "module example.com/deep\n\ngo 1.18\n\nrequire example.com/deepest v1.1.0\n"},
		"example.com/deepest@v1.0.0":  {"x.go": "package x\n"},
		"example.com/deepest@v1.1.0":  {"x.go": "package x\n"},
		"example.com/fork@v1.0.1":     {"x.go": "package x\n", "go.mod": "module example.com/replaced\n"},
		"example.com/replaced@v1.0.0": {"x.go": "package x\n"},
		"example.com/bad@v1.0.0":      {"x.go": "package x\n"},
	}
	m := mirrortest.New(t, mirrortest.Options{Modules: all})
	log := mirrortest.NewLog("sum.site.test")
	for id := range all {
		path, version, _ := strings.Cut(id, "@")
		zip, mod := m.Sums(path, version)
		log.Add(path, version, zip, mod)
	}
	o := &outside{t: t, m: m, log: log, cache: openCache(t)}
	var err error
	if o.db, err = sumdb.Open(t.Context(), sumdb.Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: o.cache}); err != nil {
		t.Fatal(err)
	}
	defer o.db.Close()
	for name, mod := range map[string]string{
		"pruned": "module example.com/app\n\ngo 1.21\n\nrequire (\n\texample.com/new v1.0.0\n\texample.com/deep v1.1.0 // indirect\n\texample.com/old v1.0.0 // indirect\n\texample.com/deepest v1.1.0 // indirect\n)\n",
		"whole":  "module example.com/app\n\ngo 1.16\n\nrequire example.com/new v1.0.0\n",
		"replaced": "module example.com/app\n\ngo 1.21\n\nrequire (\n\texample.com/replaced v1.0.0\n\texample.com/local v1.0.0\n\texample.com/deep v1.0.0\n\texample.com/deepest v1.0.0 // indirect\n)\n\n" +
			"replace (\n\texample.com/replaced => example.com/fork v1.0.1\n\texample.com/local => ./local\n)\n\nexclude example.com/bad v1.0.0\n",
	} {
		dir := put(t, t.TempDir(), map[string]string{"go.mod": mod, "local/go.mod": "module example.com/local\n\ngo 1.21\n\nrequire example.com/bad v1.0.0\n"})
		want, err := Graph(t.Context(), filepath.Join(dir, "go.mod"), o)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "b")
		o.export(ExportOptions{To: to, Want: want})
		out, err := goDownload(t, dir, "file://"+filepath.ToSlash(to), log)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		m.Forget()
		if out, err := goDownload(t, dir, m.URL(mirrortest.OK), log); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		var asked, found []string
		for _, r := range m.Requests() {
			if rest, ok := strings.CutPrefix(r.Path, "/ok/example.com/"); ok && !strings.HasSuffix(rest, "list") {
				asked = append(asked, strings.ReplaceAll(rest, "/@v/", "@"))
			}
		}
		for _, w := range want {
			id := strings.TrimPrefix(w.Version.String(), "example.com/")
			if found = append(found, id+".mod"); w.Zip {
				found = append(found, id+".info", id+".zip")
			}
		}
		slices.Sort(asked)
		slices.Sort(found)
		if asked = slices.Compact(asked); !slices.Equal(asked, found) {
			t.Errorf("%s: go asked for\n%v, found were\n%v", name, asked, found)
		}
	}
	if _, err := Graph(t.Context(), filepath.Join(t.TempDir(), "go.mod"), o); msg.KindOf(err) != msg.Usage {
		t.Errorf("no go.mod: %v", err)
	}
	dir := put(t, t.TempDir(), map[string]string{"go.mod": "module example.com/app\n\nrequire example.com/none v1.0.0\n"})
	if _, err := Graph(t.Context(), filepath.Join(dir, "go.mod"), o); err == nil || !strings.Contains(err.Error(), "example.com/none@v1.0.0") {
		t.Errorf("a requirement that is not there: %v", err)
	}
}

// goDownload is go mod download in a copy of a project.
func goDownload(t *testing.T, project, proxyURL string, log *mirrortest.Log) (string, error) {
	t.Helper()
	name, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is missing")
	}
	home, work := mirrortest.Home(t), put(t, t.TempDir(), tree(t, project))
	cmd := exec.CommandContext(t.Context(), name, "mod", "download")
	cmd.Dir = work
	gosumdb := log.Key()
	if !strings.HasPrefix(proxyURL, "file:") { // to count what is asked for, with nothing but the mirror
		gosumdb = "off"
	}
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOENV=off", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off", "no_proxy=*",
		"GOPATH=" + filepath.Join(home, "go"), "GOPROXY=" + proxyURL, "GOSUMDB=" + gosumdb, "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
