package gosdk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestVerdicts(t *testing.T) {
	edited := func(m map[string]string) {
		m["go.env"] = "# initial defaults\nGOPROXY=https://u:hunter2@mirror.example/x?token=hunter2,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\nGOFLAGS=-ldflags=-X=main.token=hunter2\n"
	}
	oneByte := func(m map[string]string) {
		b := []byte(m[compiler])
		b[len(b)/2] ^= 1
		m[compiler] = string(b)
	}
	officialEnv := h1WithOfficialGoEnv(t, demo, released())
	both := func(fs ...func(map[string]string)) func(map[string]string) {
		return func(m map[string]string) {
			for _, f := range fs {
				f(m)
			}
		}
	}
	for _, c := range []struct {
		name    string
		change  func(map[string]string)
		logged  string // "" is the h1 of what was released
		verdict Verdict
		diff    *Diff
		goEnv   string
	}{
		{name: "untouched", verdict: Genuine},
		{name: "what is left out may change", change: func(m map[string]string) { m["test/x.go"] = "x"; delete(m, "api/go1.txt") }, verdict: Genuine},
		{name: "compiler", change: oneByte, verdict: Differs, diff: &Diff{Changed: []string{compiler}}},
		{name: "added", change: func(m map[string]string) { m["packages/x"] = "x"; m["src/fmt/print.go.orig"] = "x" }, verdict: Differs, diff: &Diff{Added: []string{"packages/x", "src/fmt/print.go.orig"}}},
		{name: "missing", change: func(m map[string]string) { delete(m, "src/cmd/go.mod"); delete(m, "src/p7/f.go") }, verdict: Differs, diff: &Diff{Missing: []string{"src/cmd/go.mod", "src/p7/f.go"}}},
		{name: "go.mod", change: func(m map[string]string) { m["src/go.mod"] = "module x\n" }, verdict: Differs, diff: &Diff{Changed: []string{"src/go.mod"}}},
		{name: "first and last", change: func(m map[string]string) { m["AAA"] = ""; m["zzz"] = ""; delete(m, "VERSION.x") }, verdict: Differs, diff: &Diff{Added: []string{"AAA", "zzz"}}},
		{name: "edited go.env", change: edited, logged: officialEnv, verdict: GenuineButGoEnv, goEnv: "GOFLAGS was added; GOPROXY=https://***@mirror.example/x?*** instead of Go's default; GOTOOLCHAIN=local instead of auto"},
		{name: "deleted go.env", change: func(m map[string]string) { delete(m, "go.env") }, logged: officialEnv, verdict: GenuineButGoEnv, goEnv: "no GOPROXY instead of Go's default; no GOSUMDB instead of sum.golang.org; no GOTOOLCHAIN instead of auto"},
		{name: "a go.env that our table lacks, edited", change: edited, verdict: GenuineButGoEnv, goEnv: "GOFLAGS was added; GOPROXY=https://***@mirror.example/x?*** instead of Go's default; GOTOOLCHAIN=local instead of auto"},
		{name: "go.env and compiler", change: both(edited, oneByte), verdict: Differs, diff: &Diff{Changed: []string{"go.env", compiler}}, goEnv: "GOFLAGS was added; GOPROXY=https://***@mirror.example/x?*** instead of Go's default; GOTOOLCHAIN=local instead of auto"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := released()
			if c.logged == "" {
				c.logged = h1(t, demo, files)
			}
			db := newDatabase(t, map[Release]string{demo: c.logged})
			list := ZipList(moduleZip(t, demo, files))
			if c.change != nil {
				c.change(files)
			}
			dir := goroot(t, files)
			res, err := Verify(t.Context(), dir, Options{Log: db.log(t), Lists: []List{CacheList(""), CacheList(t.TempDir()), list}})
			if err != nil {
				t.Fatal(err)
			}
			if res.Verdict != c.verdict || res.Logged != c.logged || res.Why != nil {
				t.Errorf("%s, logged %s: %v", res.Verdict, res.Logged, res.Why)
			}
			if !reflect.DeepEqual(res.Diff, c.diff) {
				t.Errorf("differs in %+v, want %+v", res.Diff, c.diff)
			}
			var changes []string
			for _, g := range res.GoEnv {
				changes = append(changes, g.String())
			}
			if got := strings.Join(changes, "; "); got != c.goEnv {
				t.Errorf("go.env: %s", got)
			}
			if c.diff == nil || c.logged == officialEnv {
				return
			}

			blind, err := Verify(t.Context(), dir, Options{Log: db.log(t)})
			if err != nil || blind.Verdict != Differs || blind.Diff != nil || blind.Why == nil || msg.Hint(blind.Why).IsZero() {
				t.Errorf("without a list: %+v, %v", blind, err)
			}
		})
	}
}

func TestUselessLists(t *testing.T) {
	files := released()
	db := newDatabase(t, map[Release]string{demo: h1(t, demo, files)})
	tampered := with(files, func(m map[string]string) { m[compiler] = "evil" })
	dir := goroot(t, tampered)
	lying := ZipList(moduleZip(t, demo, tampered))
	other := ZipList(moduleZip(t, Release{"go1.26.7", "linux", "amd64"}, files))
	garbage := filepath.Join(t.TempDir(), "login.zip")
	if err := os.WriteFile(garbage, []byte("<html>log in</html>"), 0o644); err != nil {
		t.Fatal(err)
	}

	res, err := Verify(t.Context(), dir, Options{Log: db.log(t), Lists: []List{lying, other, ZipList(garbage), ZipList(garbage + ".none")}})
	if err != nil || res.Verdict != Differs || res.Diff != nil {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, word := range []string{"does not hash", "does not belong", "login.zip"} {
		if !strings.Contains(res.Why.Error(), word) {
			t.Errorf("%q is not said in: %v", word, res.Why)
		}
	}
	res, err = Verify(t.Context(), dir, Options{Log: db.log(t), Lists: []List{lying, ZipList(moduleZip(t, demo, files))}})
	if err != nil || res.Diff == nil || res.Why != nil {
		t.Errorf("an honest list after a lying one: %+v, %v", res, err)
	}
}

func TestOddTreesAreNotGenuine(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: h1(t, demo, released())})
	m := mapFS(released())
	m["src/fmt/evil.go"] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("../../evil.go")}
	res, err := verify(t.Context(), m, Options{Log: db.log(t)})
	if err != nil || res.Verdict != Differs || len(res.Tree.Odd) != 1 || res.Why != nil || !reflect.DeepEqual(res.Diff, &Diff{}) {
		t.Errorf("a link beside genuine files: %+v, %v", res, err)
	}

	m[compiler] = &fstest.MapFile{Mode: fs.ModeSymlink, Data: []byte("../../../bin/go")}
	res, err = verify(t.Context(), m, Options{Log: db.log(t), Lists: []List{ZipList(moduleZip(t, demo, released()))}})
	if err != nil || res.Verdict != Differs || len(res.Tree.Odd) != 2 || !reflect.DeepEqual(res.Diff, &Diff{}) {
		t.Errorf("a link instead of a file: %+v, %v", res, err)
	}
}

func TestUnreadableIsIncomplete(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: h1(t, demo, released())})
	lists := []List{ZipList(moduleZip(t, demo, released()))}
	changed := mapFS(with(released(), func(m map[string]string) { m["bin/go"] = "evil" }))
	for _, c := range []struct {
		name    string
		fsys    fs.FS
		lists   []List
		verdict Verdict
	}{
		{"nothing but the unreadable", denied{mapFS(released()), []string{"src/fmt", "go.env"}}, lists, Incomplete},
		{"the same without names", denied{mapFS(released()), []string{"src/fmt/print.go"}}, nil, Incomplete},
		{"something beside genuine files", denied{mapFS(with(released(), func(m map[string]string) { m["lost+found/x"] = "" })), []string{"lost+found"}}, lists, Incomplete},
		{"something else is wrong", denied{changed, []string{"src/fmt/print.go"}}, lists, Differs},
		{"something else may be wrong", denied{changed, []string{"src/fmt/print.go"}}, nil, Incomplete},
	} {
		res, err := verify(t.Context(), c.fsys, Options{Log: db.log(t), Lists: c.lists})
		if err != nil || res.Verdict != c.verdict {
			t.Errorf("%s: %+v, %v", c.name, res, err)
			continue
		}
		if c.verdict == Incomplete && (msg.KindOf(res.Why) != msg.Incomplete || !errors.Is(res.Why, fs.ErrPermission)) {
			t.Errorf("%s: %v", c.name, res.Why)
		}
		if c.verdict == Differs && !reflect.DeepEqual(res.Diff, &Diff{Changed: []string{"bin/go"}}) {
			t.Errorf("%s: %+v", c.name, res.Diff)
		}
	}
}

// logFunc is a Log that records being asked.
type logFunc func(ctx context.Context, path, version string) ([]string, error)

func (f logFunc) Lookup(ctx context.Context, path, version string) ([]string, error) {
	return f(ctx, path, version)
}

func TestWithoutAnAnswer(t *testing.T) {
	asked := 0
	answer := func(lines []string, err error) Log {
		return logFunc(func(context.Context, string, string) ([]string, error) { asked++; return lines, err })
	}
	line := "golang.org/toolchain v0.0.1-go1.26.8.linux-amd64 "
	version := func(v string) fs.FS {
		return mapFS(with(released(), func(m map[string]string) { m["VERSION"] = v }))
	}
	for _, c := range []struct {
		name    string
		fsys    fs.FS
		log     Log
		verdict Verdict
		asked   int
	}{
		{"devel", version("devel go1.27-abc\n"), answer(nil, errors.New("x")), Unknown, 0},
		{"a company's name stays at home", version("go1.26.8-secretcorp\n"), answer(nil, errors.New("x")), Unknown, 0},
		{"not logged", version("go1.26.8"), answer(nil, fs.ErrNotExist), Unknown, 1},
		{"nothing in the answer", version("go1.26.8"), answer(nil, nil), Unknown, 1},
		{"another module's line", version("go1.26.8"), answer([]string{"x.test v1.0.0 h1:x", line + "h2:x", "golang.org/toolchain v0.0.1-go1.26.7.linux-amd64 h1:x"}, nil), Unknown, 1},
		{"two hashes", version("go1.26.8"), answer([]string{line + "h1:x", line + "h1:y"}, nil), Incomplete, 1},
		{"unreachable", version("go1.26.8"), answer(nil, errors.New("connection refused")), Incomplete, 1},
		{"no log", version("go1.26.8"), nil, Incomplete, 0},
	} {
		asked = 0
		res, err := verify(t.Context(), c.fsys, Options{Log: c.log})
		if err != nil || res.Verdict != c.verdict || res.Why == nil || asked != c.asked {
			t.Errorf("%s: %+v, %v, asked %d times", c.name, res, err, asked)
			continue
		}
		if zh := msg.In(res.Why, msg.Chinese); zh == res.Why.Error() && c.name != "unreachable" {
			t.Errorf("%s: %s is not said in Chinese", c.name, zh)
		}
	}
}

func TestVerifyFails(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: h1(t, demo, released())})
	if _, err := Verify(t.Context(), t.TempDir(), Options{Log: db.log(t)}); err == nil || msg.Hint(err).IsZero() {
		t.Errorf("an empty directory: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if res, err := verify(ctx, mapFS(released()), Options{Log: db.log(t)}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v", res, err)
	}

	// Cancelled while a list is being read.
	ctx, cancel = context.WithCancel(t.Context())
	slow := func(context.Context, Release) ([]File, error) { cancel(); return nil, errors.New("cut off") }
	evil := mapFS(with(released(), func(m map[string]string) { m["bin/go"] = "evil" }))
	if res, err := verify(ctx, evil, Options{Log: db.log(t), Lists: []List{slow}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled in a list: %+v, %v", res, err)
	}

	full := mapFS(released())
	for i := range maxFiles {
		full[fmt.Sprintf("packages/%d", i)] = &fstest.MapFile{}
	}
	if _, err := verify(t.Context(), full, Options{Log: db.log(t)}); msg.KindOf(err) != msg.Findings {
		t.Errorf("too many files: %v", err)
	}
}
