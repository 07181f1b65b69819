package preflight

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// realGo runs the go command on a fixture, cut off from network and user.
func realGo(t testing.TB, dir string) Lister {
	home := mirrortest.Home(t)
	return func(ctx context.Context, env []string, args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append([]string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOENV=off", "GOWORK=off", "GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=", "GOCACHE=" + filepath.Join(home, "cache"),
		}, env...)
		out, err := cmd.Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return out, err
	}
}

// fixture is a module with a package of each class; sqlite lies in vendor.
func fixture(t testing.TB) string {
	dir := t.TempDir()
	const cgo = "import \"C\"\n"
	for name, text := range map[string]string{
		"go.mod":             "module example.cn/app\n\ngo 1.26\n\nrequire github.com/mattn/go-sqlite3 v1.14.32\n",
		"vendor/modules.txt": "# github.com/mattn/go-sqlite3 v1.14.32\n## explicit; go 1.19\ngithub.com/mattn/go-sqlite3\n",
		"vendor/github.com/mattn/go-sqlite3/sqlite3.go":     "package sqlite3\n" + cgo,
		"vendor/github.com/mattn/go-sqlite3/callback.go":    "package sqlite3\n" + cgo,
		"vendor/github.com/mattn/go-sqlite3/static_mock.go": "//go:build !cgo\n\npackage sqlite3\n",
		"vendor/github.com/mattn/go-sqlite3/doc.go":         "package sqlite3\n",

		"main.go":              "package main\n\nimport (\n\t_ \"net\"\n\t_ \"os/user\"\n\t_ \"example.cn/app/db\"\n\t_ \"example.cn/app/pick\"\n\t_ \"example.cn/app/plain\"\n\t_ \"example.cn/app/native\"\n)\n\nfunc main() {}\n",
		"db/db.go":             "package db\n\nimport _ \"github.com/mattn/go-sqlite3\"\n",
		"native/native.go":     "package native\n" + cgo,
		"native/doc_test.go":   "package native\n",
		"pick/with.go":         "//go:build cgo\n\npackage pick\n",
		"pick/without.go":      "//go:build !cgo\n\npackage pick\n",
		"plain/plain.go":       "package plain\n",
		"plain/plain_386.go":   "package plain\n",
		"tagged/main.go":       "package main\n\nfunc main() {}\n",
		"tagged/hardware.go":   "//go:build hsm\n\npackage main\n\nimport _ \"example.cn/app/native\"\n",
		"arm/main.go":          "package main\n\nimport _ \"example.cn/app/armonly\"\n\nfunc main() {}\n",
		"armonly/all.go":       "package armonly\n",
		"armonly/c_arm64.go":   "package armonly\n" + cgo,
		"constrained/main.go":  "package main\n\nimport _ \"example.cn/app/winonly\"\n\nfunc main() {}\n",
		"winonly/w_windows.go": "package winonly\n",
		"itself/main.go":       "package main\n" + cgo + "func main() {}\n",
		"broken/main.go":       "package main\n\nimport _ \"nowhere.example.cn/x\"\n\nfunc main() {}\n",
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	return dir
}

func linux(t testing.TB, names ...string) []target.Target {
	var out []target.Target
	for _, n := range names {
		p, err := target.Parse(n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func short(found []CgoFinding) []string {
	var out []string
	for _, f := range found {
		var ts []string
		for _, p := range f.Targets {
			ts = append(ts, p.String())
		}
		out = append(out, fmt.Sprintf("%s %s %s [%s] -%s +%s", f.Severity, f.Class, strings.Join(f.Chain, ">"), strings.Join(ts, " "), strings.Join(f.Lost, ","), strings.Join(f.Gained, ",")))
	}
	return out
}

func TestCgoClasses(t *testing.T) {
	dir := fixture(t)
	three := linux(t, "linux/amd64", "linux/amd64/v3", "linux/arm64", "linux/loong64")
	const all = "[linux/amd64 linux/amd64/v3 linux/arm64 linux/loong64]"
	for _, tc := range []struct {
		pkg  string
		tags []string
		want []string
	}{
		{".", nil, []string{
			"error excluded example.cn/app>example.cn/app/native " + all + " -native.go +",
			"warning differs example.cn/app>example.cn/app/pick " + all + " -with.go +without.go",
			"error stub example.cn/app>example.cn/app/db>github.com/mattn/go-sqlite3 " + all + " -callback.go,sqlite3.go +static_mock.go",
		}},
		{"./plain", nil, nil},
		{"./tagged", nil, nil},
		{"./tagged", []string{"other", "hsm"}, []string{"error excluded example.cn/app/tagged>example.cn/app/native " + all + " -native.go +"}},
		{"./arm", nil, []string{"error stub example.cn/app/arm>example.cn/app/armonly [linux/arm64] -c_arm64.go +"}},
		{"./constrained", nil, nil}, // the compiler's business, not cgo's
		{"./itself", nil, []string{"error excluded example.cn/app/itself " + all + " -main.go +"}},
	} {
		t.Run(tc.pkg+strings.Join(tc.tags, ","), func(t *testing.T) {
			started := time.Now()
			found, err := Cgo(t.Context(), realGo(t, dir), []string{tc.pkg}, three, tc.tags)
			if err != nil {
				t.Fatal(err)
			}
			if got := short(found); !slices.Equal(got, tc.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
			t.Log(time.Since(started))
		})
	}
}

func TestCgoSaysWhatToDo(t *testing.T) {
	found, err := Cgo(t.Context(), realGo(t, fixture(t)), []string{"."}, linux(t, "linux/arm64"), nil)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(found, func(f CgoFinding) bool { return f.Package == "github.com/mattn/go-sqlite3" })
	if i < 0 {
		t.Fatal("sqlite is not found")
	}
	f := found[i]
	if f.Module != "github.com/mattn/go-sqlite3" || f.Version != "v1.14.32" {
		t.Errorf("module %s %s", f.Module, f.Version)
	}
	for _, want := range []string{"modernc.org/sqlite", "github.com/ncruces/go-sqlite3"} {
		if !strings.Contains(f.Fix.EN, want) || !strings.Contains(f.Fix.ZH, want) {
			t.Errorf("fix lacks %s: %+v", want, f.Fix)
		}
	}
	err = CgoErr(found)
	for lang, words := range map[msg.Lang][]string{
		msg.English: {"2 preflight finding(s)", "PRE030", "example.cn/app → example.cn/app/db → github.com/mattn/go-sqlite3", "linux/arm64", "modernc.org/sqlite"},
		msg.Chinese: {"2 个问题", "没有 cgo 就无法构建", "改用纯 Go 的替代"},
	} {
		for _, w := range words {
			if !strings.Contains(msg.In(err, lang), w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, msg.In(err, lang))
			}
		}
	}
	if strings.Contains(err.Error(), "app/pick") {
		t.Error("a warning is among the errors")
	}
	if CgoErr(nil) != nil || CgoErr(slices.DeleteFunc(found, func(f CgoFinding) bool { return f.Class != Differs })) != nil {
		t.Error("nothing to refuse, but an error")
	}
}

func TestCgoReportsWhatItCouldNotRead(t *testing.T) {
	dir := fixture(t)
	targets := linux(t, "linux/amd64")
	if _, err := Cgo(t.Context(), realGo(t, dir), []string{"./broken"}, targets, nil); err == nil || !strings.Contains(err.Error(), "nowhere.example.cn/x") {
		t.Errorf("a missing import: %v", err)
	}
	if _, err := Cgo(t.Context(), realGo(t, dir), []string{"./absent"}, targets, nil); err == nil {
		t.Error("a missing package passes")
	}
	boom := errors.New("boom")
	fail := func(context.Context, []string, ...string) ([]byte, error) { return nil, boom }
	if _, err := Cgo(t.Context(), fail, []string{"."}, targets, nil); !errors.Is(err, boom) {
		t.Errorf("the lister's error is lost: %v", err)
	}
	half := func(context.Context, []string, ...string) ([]byte, error) { return []byte(`{"ImportPath":"a"`), nil }
	if _, err := Cgo(t.Context(), half, []string{"."}, targets, nil); err == nil {
		t.Error("half a list passes")
	}
}

func TestKnownTables(t *testing.T) {
	for _, r := range replacements {
		if len(r.use) == 0 || worksWithoutCgo(r.prefix) {
			t.Errorf("%s: nothing to use instead, or it is said to work", r.prefix)
		}
		for _, u := range r.use {
			if u.In(msg.English) == "" || u.In(msg.Chinese) == "" || u.Note.EN != "" && u.Note.EN == u.Note.ZH {
				t.Errorf("%s: %+v", r.prefix, u)
			}
		}
	}
	for path, want := range map[string]bool{"golang.org/x/sys/unix": true, "github.com/shirou/gopsutil/v3/cpu": true, "github.com/shirou/gopsutilities": false, "github.com/mattn/go-sqlite3": false} {
		if worksWithoutCgo(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
	for path, want := range map[string]int{"github.com/confluentinc/confluent-kafka-go/v2/kafka": 2, "github.com/libgit2/git2go/v34": 1, "example.cn/x": 0} {
		if got := len(replacementsFor(path)); got != want {
			t.Errorf("%s: %d replacements, want %d", path, got, want)
		}
	}
}

func FuzzGoList(f *testing.F) {
	f.Add([]byte(`{"ImportPath":"a","GoFiles":["a.go"],"Imports":["a","b"]}{"ImportPath":"b","DepOnly":true,"CgoFiles":["b.go"],"Imports":["a"]}`))
	f.Add([]byte(`{"ImportPath":"a","Error":{"Err":"x"}}`))
	targets := linux(f, "linux/amd64")
	f.Fuzz(func(t *testing.T, b []byte) {
		list := func(_ context.Context, env []string, _ ...string) ([]byte, error) { return b, nil }
		if found, err := Cgo(t.Context(), list, []string{"."}, targets, nil); err == nil {
			for _, x := range found {
				if len(x.Chain) == 0 || x.Chain[len(x.Chain)-1] != x.Package {
					t.Errorf("chain %q does not end at %s", x.Chain, x.Package)
				}
			}
		}
	})
}
