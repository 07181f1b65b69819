package lint

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

// shipped are the Dockerfiles of images/dockerfiles; none before they are made.
func shipped(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("../dockerfiles", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), "Dockerfile") {
			return err
		}
		src, err := os.ReadFile(name)
		out[filepath.ToSlash(name)] = string(src)
		return err
	})
	if os.IsNotExist(err) {
		t.Skip("images/dockerfiles is not there")
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What we ship has no finding, and each of these changes to it has one.
func TestShippedDockerfiles(t *testing.T) {
	mutations := []struct {
		code   string
		change func(string) string
	}{
		{"DKR020", func(s string) string { return "# syntax=docker/dockerfile:1\n" + s }},
		{"DKR030", func(s string) string { return strings.ReplaceAll(s, "GOTOOLCHAIN=local", "GOTELEMETRY=off") }},
		{"DKR031", func(s string) string { return strings.ReplaceAll(s, "CGO_ENABLED=0", "GO111MODULE=on") }},
		{"DKR050", func(s string) string { return strings.ReplaceAll(s, "USER 65532:65532", "USER 0:0") }},
		{"DKR021", func(s string) string { return s + "\nRUN curl https://get.example | sh\n" }},
		{"DKR032", func(s string) string { return s + "\nENV GOROOT=/usr/local/go\n" }},
		{"DKR033", func(s string) string {
			return strings.Replace(s, "GOTOOLCHAIN=local", "GOTOOLCHAIN=local GOSUMDB=off", 1)
		}},
		{"DKR034", func(s string) string {
			return strings.Replace(s, "GOTOOLCHAIN=local", "GOTOOLCHAIN=local GOPROXY=https://goproxy.cn", 1)
		}},
		{"DKR051", func(s string) string { return strings.Replace(s, "ARG REVISION=", "ARG REVISION=\nARG TOKEN=", 1) }},
		{"DKR010", func(s string) string {
			return strings.NewReplacer("rm -rf /var/lib/apt/lists", "ls ", "clean all", "check", "--no-cache", "").Replace(s)
		}},
	}
	killed := map[string]int{}
	for name, src := range shipped(t) {
		for _, f := range check(t, src) {
			t.Errorf("%s:%d: %s %s: %s", name, f.Line, f.Code, f.Subject, f.Message.EN)
		}
		for _, m := range mutations {
			changed := m.change(src)
			if changed == src {
				continue
			}
			if slices.ContainsFunc(check(t, changed), func(f lint.Finding) bool { return f.Code == m.code }) {
				killed[m.code]++
			} else if m.code != "DKR010" {
				t.Errorf("%s: %s does not see its change", name, m.code)
			}
		}
	}
	for _, m := range mutations {
		if m.code != "DKR010" && killed[m.code] == 0 {
			t.Errorf("no Dockerfile was changed for %s", m.code)
		}
	}
	t.Log(killed)
}

// limit is generous, for loaded machines: what grows with the square of the file
// takes minutes.
const limit = time.Minute

// A file made to keep us busy is answered in time.
func TestHostile(t *testing.T) {
	const big = 60 << 10
	fill := func(prefix, unit, suffix string) string {
		return prefix + strings.Repeat(unit, (big-len(prefix)-len(suffix))/len(unit)) + suffix
	}
	cut := func(s string) string { // lines may not be longer than BuildKit's
		return strings.ReplaceAll(s, "@", "\\\n")
	}
	for name, src := range map[string]string{
		"chain of or":    cut(fill("FROM a:1\nRUN x", " || apt-get @install y", "")),
		"chain of and":   cut(fill("FROM a:1\nRUN x", " && command -v@ apt-get", "")),
		"pipeline":       cut(fill("FROM a:1\nRUN curl http://x", " |@ sh", "")),
		"parentheses":    cut(fill("FROM a:1\nRUN ", "(@(((", "")),
		"substitutions":  cut(fill("FROM a:1\nRUN echo ", "$(@echo ", "")),
		"if":             cut(fill("FROM a:1\nRUN ", "if apt-get; then @", "")),
		"variables":      "FROM a:1\nENV A=xxxxxxxxxx\n" + strings.Repeat("ENV A=$A$A$A$A$A$A$A$A\n", 1900),
		"stages":         strings.Repeat("FROM a AS a\nENV A=1\n", 900),
		"settings":       "FROM a AS a\n" + strings.Repeat("ENV "+strings.Repeat("A=1 ", 50)+"\n", 800) + strings.Repeat("FROM a AS a\n", 1000),
		"comments":       "FROM a:1\n" + strings.Repeat("# yingzao:ignore DKR001 x\n", 8000),
		"here-documents": cut("FROM a:1\nRUN cat " + strings.Repeat("<<A @", 20000) + "\n" + strings.Repeat("A\n", 20000)),
		"braces":         cut(fill("FROM a:1\nRUN cat <<X ", "${A:-@", "\n")),
		"braces in FROM": "FROM " + strings.Repeat("${A:-", 10000) + "\n",
		"eval":           cut(fill("FROM a:1\nRUN ", "eval eval sh -c sh @", "")),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, err := Check(t.Context(), "Dockerfile", []byte(src), Options{})
			if took := time.Since(begin); took > limit {
				t.Errorf("%s (%v)", took, err)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		out, err := Check(t.Context(), "Dockerfile", src, Options{})
		lines := strings.Count(string(src), "\n") + 1
		for _, x := range out {
			if err != nil || x.Line < 1 || x.Line > lines || x.Code == "" || x.Message.EN == "" || x.Message.ZH == "" {
				t.Errorf("%+v %v", x, err)
			}
		}
	})
}
