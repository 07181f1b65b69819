package pipelines_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/generate"
	"github.com/yingzao-dev/yingzao/pipelines/stages"
)

var update = flag.Bool("update", false, "write the README's tables")

var readmes = map[msg.Lang]string{msg.English: "README.md", msg.Chinese: "README.zh-CN.md"}

// commands are what the stages run for one target and one store.
func commands(t *testing.T, params []pipelines.Param) string {
	t.Helper()
	v, err := pipelines.Resolve(params, pipelines.Values{"target": "linux/arm64", "publish_to": "/srv/releases"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	j := stages.Job{
		CI:      stages.CI{System: "gitlab", Tag: "v1.2.0"},
		Exists:  func(string) bool { return false },
		Targets: func() ([]string, error) { return []string{"linux/arm64"}, nil },
		Abs:     func(name string) string { return name },
	}
	var b strings.Builder
	for _, stage := range pipelines.Stages() {
		steps, err := stages.Steps(stage, v, j)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("# " + stage + "\n")
		for _, s := range steps {
			b.WriteString(s.Line() + "\n")
		}
	}
	return "```sh\n" + b.String() + "```\n"
}

// The tables are what params.yaml and the stages say.
func TestReadmeTables(t *testing.T) {
	params, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	for lang, name := range readmes {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := string(have)
		for mark, text := range map[string]string{"params": generate.Table("", params, lang), "commands": commands(t, params)} {
			begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
			before, rest, ok := strings.Cut(want, begin)
			_, after, ok2 := strings.Cut(rest, end)
			if !ok || !ok2 {
				t.Fatalf("%s has no place for %s", name, mark)
			}
			want = before + begin + "\n" + text + "\n" + end + after
		}
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if string(have) != want {
			t.Errorf("pipelines/%s is not what params.yaml says: go test ./pipelines -update writes it", name)
		}
	}
}

// Both languages have the same sections, code and links to files, which exist.
func TestReadmesAgree(t *testing.T) {
	marks := regexp.MustCompile(`(?m)^(#+) .*<!-- (\S+) -->$`)
	code := regexp.MustCompile("(?s)```.*?```")
	links := regexp.MustCompile(`\]\(([^)#]+)\)`)
	var all [2][3][]string
	for i, lang := range []msg.Lang{msg.English, msg.Chinese} {
		text, err := os.ReadFile(readmes[lang])
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range marks.FindAllStringSubmatch(string(text), -1) {
			all[i][0] = append(all[i][0], m[1]+m[2])
		}
		all[i][1] = code.FindAllString(string(text), -1)
		for _, m := range links.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s: %v", readmes[lang], err)
			}
			if !strings.HasPrefix(m[1], "README") {
				all[i][2] = append(all[i][2], m[1])
			}
		}
	}
	for i, what := range []string{"sections", "code", "links"} {
		if !slices.Equal(all[0][i], all[1][i]) || len(all[0][i]) < 8 {
			t.Errorf("%s differ:\n%q\n%q", what, all[0][i], all[1][i])
		}
	}
}
