package matrix

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var sum = "sha256:" + strings.Repeat("ab", 32)

func TestLockRoundTrip(t *testing.T) {
	var l Lock
	l.Set("debian", "amd64", sum)
	l.Set("debian", "arm64", sum)
	l.Set("alpine-3.22", "amd64", sum)
	name := filepath.Join(t.TempDir(), "matrix.lock.json")
	if err := os.WriteFile(name, l.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	back, err := LoadLock(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(back.Encode()) != string(l.Encode()) || !strings.HasPrefix(string(l.Encode()), "{\n  \"schema\": 1,\n  \"bases\": {\n    \"alpine-3.22\"") {
		t.Errorf("%s", l.Encode())
	}
	m := load(t)
	if err := m.Pin(back); err != nil {
		t.Fatal(err)
	}
	b, _ := m.Find("debian")
	for _, p := range b.Platforms {
		if (p.Digest == sum) != (p.Arch != "loong64") {
			t.Errorf("%+v", p)
		}
	}
	if err := m.Pin(Lock{}); err != nil {
		t.Fatal(err)
	}
	if b, _ := m.Find("debian"); b.Platforms[0].Digest != "" {
		t.Error("an empty lock left a digest")
	}
}

// The committed lock is the writer's.
func TestEmbeddedLock(t *testing.T) {
	l, err := ParseLock("matrix.lock.json", pins)
	if err != nil || string(l.Encode()) != string(pins) {
		t.Errorf("%s, %v", l.Encode(), err)
	}
}

func TestLockRefuses(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"digest", `{"schema": 1, "bases": {"debian": {"amd64": "sha256:12"}}}`, `l.json:1:45: debian amd64: "sha256:12" is no digest`},
		{"empty digest", `{"schema": 1, "bases": {"debian": {"amd64": ""}}}`, `"" is no digest`},
		{"schema", "{\"schema\": 2}", "l.json:1:12: schema 2 is not known"},
		{"no schema", `{"bases": {}}`, "schema 0 is not known"},
		{"key", `{"schema": 1, "base": {}}`, `unknown key "base"`},
		{"twice", `{"schema": 1, "schema": 1}`, "already given"},
		{"form", `{"schema": 1, "bases": {"debian": "x"}}`, "expected keys and values"},
		{"syntax", `{"schema": 1,`, "not valid YAML"},
	} {
		if _, err := ParseLock("l.json", []byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := LoadLock(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(msg.In(err, msg.Chinese), "读取锁文件") {
		t.Errorf("%v", err)
	}
	if l, err := ParseLock("l.json", nil); err != nil || len(l.Bases) != 0 {
		t.Errorf("no content: %+v, %v", l, err)
	}
}

func TestPinRefuses(t *testing.T) {
	for _, c := range []struct{ base, arch, want, hint string }{
		{"debain", "amd64", `"debain": not in the matrix`, "did you mean debian?"},
		{"debian", "amd46", "nothing is built for amd46 on debian", "did you mean amd64?"},
		{"anolis-8", "amd64", "nothing is built for amd64 on anolis-8", "there are: loong64"}, // a hole
	} {
		m := load(t)
		var l Lock
		l.Set("scratch", "amd64", sum)
		l.Set(c.base, c.arch, sum)
		err := m.Pin(l)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(msg.Hint(err).EN, c.hint) || msg.KindOf(err) != msg.Usage {
			t.Errorf("%v, hint %v; want %q, %q", err, msg.Hint(err), c.want, c.hint)
		}
		if b, _ := m.Find("scratch"); b.Platforms[0].Digest != "" {
			t.Error("a refused lock pinned something")
		}
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add([]byte(`{"schema": 1, "bases": {"debian": {"amd64": "` + sum + `"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ParseLock("f", data)
		if err != nil {
			return
		}
		back, err := ParseLock("f", l.Encode())
		if err != nil || string(back.Encode()) != string(l.Encode()) {
			t.Errorf("%q became %q: %v", data, l.Encode(), err)
		}
	})
}
