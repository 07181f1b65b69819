package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// claims are what the article says, and the rule that answers.
var claims = []struct {
	claim string
	code  string
	line  int
}{
	{"two back-ups in https://goproxy.cn,direct", "PRX010", 12},
	{"a trusted GOSUMDB at gocenter.io", "SUM002", 13},
	{"GOSUMDB=off when a checksum does not match", "SUM001", 20},
	{"away with go.sum", "SUM014", 21},
	{"GOPROXY=direct is offline", "PRX025", 27},
	{"GOTOOLCHAIN=local avoids the network", "TCH010", 28},
	{"HTTPS_PROXY=https:// to an ordinary proxy", "NET010", 34},
	{"NO_PROXY with stars and slashes", "NET030", 35},
	{"NO_PROXY with regular expressions", "NET030", 39},
	{"the cache in the home folder", "CI001", 49},
	{"the cache of programs", "CI006", 50},
	{"an SDK without a checksum", "CI008", 53},
	{"go install …/cmd/goenv", "CI011", 54},
	{"one ENV that uses its own variables", "CI005", 62},
	{"GOROOT has to be set", "ROOT001", 62},
	{"netdns=go is needed without cgo", "CGO020", 63},
	{"GOMEMLIMIT=80%", "ENV031", 64},
}

// TestArticle is the demo of the README.
func TestArticle(t *testing.T) {
	article, err := filepath.Abs(filepath.Join("..", "..", "envcheck", "testdata", "article.md"))
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	env := []string{"HOME=" + home, "PATH=" + filepath.Join(goEnv(t, "GOROOT")[0], "bin"), "XDG_CACHE_HOME=" + home}
	var out, errs bytes.Buffer
	if code := run([]string{"check", "--format", "json", home, article}, strings.NewReader(""), &out, &errs, env); code != exitFindings {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var r envcheck.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range r.Findings {
		if f.Where.File == article {
			found = append(found, fmt.Sprintf("%s:%d", f.Code, f.Where.Line))
		}
	}
	var want []string
	for _, c := range claims {
		want = append(want, fmt.Sprintf("%s:%d", c.code, c.line))
		if !slices.Contains(found, want[len(want)-1]) {
			t.Errorf("nothing says that it is wrong: %s (%s)", c.claim, want[len(want)-1])
		}
	}
	for _, f := range found {
		if !slices.Contains(want, f) {
			t.Errorf("%s is found, but no claim of the article", f)
		}
	}
}
