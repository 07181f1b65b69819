package lint

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func write(t *testing.T, found []Finding, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := letters().Write(&b, found, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	found := check(t, "a\nn\n")
	for lang, want := range map[msg.Lang]string{
		msg.English: "x.txt:1: error ABC001: there is an a\n    Take it out.\nx.txt:2: note ABC003: there is an n\n",
		msg.Chinese: "x.txt:1：错误 ABC001：有 a\n    删除它。\nx.txt:2：说明 ABC003：有 n\n",
	} {
		if got := write(t, found, Options{Format: "text", Lang: lang}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := write(t, nil, Options{Format: "text"}); got != "" {
		t.Errorf("%q", got)
	}
	found[0].File = "\x1b[2Jx"
	if got := write(t, found, Options{Format: "text"}); strings.Contains(got, "\x1b") {
		t.Errorf("%q", got)
	}
	if err := letters().Write(&strings.Builder{}, nil, Options{Format: "xml"}); err == nil {
		t.Error("a format that there is not")
	}
}

func TestJSON(t *testing.T) {
	if got := write(t, nil, Options{Format: "json"}); got != "{\n  \"schema\": 1,\n  \"findings\": []\n}\n" {
		t.Error(got)
	}
	var read struct{ Findings []Finding }
	if err := json.Unmarshal([]byte(write(t, check(t, "a\n"), Options{Format: "json", Lang: msg.Chinese})), &read); err != nil || len(read.Findings) != 1 || read.Findings[0].Code != "ABC001" {
		t.Errorf("%+v %v", read, err)
	}
}

// Reports are read by others' programs: fingerprints stay when lines move, and no two
// are equal.
func TestCodeQuality(t *testing.T) {
	ids := func(src string) []string {
		var issues []codeQuality
		if err := json.Unmarshal([]byte(write(t, check(t, src), Options{Format: "codequality"})), &issues); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, i := range issues {
			if i.Severity != "major" || i.Location.Path != "x.txt" || i.Location.Lines.Begin < 1 || !strings.HasPrefix(i.Description, i.CheckName+": ") {
				t.Errorf("%+v", i)
			}
			out = append(out, i.Fingerprint)
		}
		return out
	}
	all := ids("a\na\n")
	if len(all) != 2 || all[0] == all[1] || !slices.Equal(all, ids("moved\n\na\na\n")) {
		t.Errorf("%v", all)
	}
	if got := write(t, nil, Options{Format: "codequality"}); strings.TrimSpace(got) != "[]" {
		t.Errorf("%q", got)
	}
}

func TestSARIF(t *testing.T) {
	got := write(t, check(t, "a\nn\n"), Options{Format: "sarif", Version: "v1"})
	for _, want := range []string{`"version": "v1"`, `"ruleId": "ABC003"`, `"ruleIndex": 2`, `"level": "note"`, `"uri": "x.txt"`, `"startLine": 2`, `"text": "Take it out."`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// Files lie below the project, or anywhere on a machine.
func TestPlaces(t *testing.T) {
	for file, want := range map[string]string{"./a/../b.yml": "b.yml", `ci\a.yml`: "ci/a.yml", "/home/dev/a b": "file:///home/dev/a%20b", `C:\a`: "file:///C:/a"} {
		if got := fileURI(issues([]Finding{{File: file}})[0].Path); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
