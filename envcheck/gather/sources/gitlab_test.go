package sources

import (
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestGitLab(t *testing.T) {
	parseAll(t, GitLab, []parseCase{
		{"global and job", "variables:\n  GOPROXY: https://goproxy.cn,direct\n  GOFLAGS: {value: -v, description: x}\nbuild:\n  variables:\n    CGO_ENABLED: 0\n  script:\n    - export GOSUMDB=off\n    - go build\n", []string{
			"2 GOPROXY=https://goproxy.cn,direct", "3 GOFLAGS=-v", "6 CGO_ENABLED=0", "8 GOSUMDB=off"}},
		{"block script", "build:\n  script:\n    - |\n      set -e\n      go env -w GOPROXY=off\n  before_script: export GOFLAGS=-v\n", []string{"5 GOPROXY=off", "6 GOFLAGS=-v"}},
		{"anchors count once", ".x: &x\n  variables:\n    GOPROXY: off\na:\n  <<: *x\nb: *x\n", []string{"3 GOPROXY=off"}},
		{"default, reference", "default:\n  before_script:\n    - !reference [.x, script]\n    - GOFLAGS=-v go test\n", []string{"4 GOFLAGS=-v"}},
		{"two documents", "spec:\n  inputs: {}\n---\nvariables: {GOPROXY: off}\n", []string{"4 GOPROXY=off"}},
		{"no mapping", "- a\n- b\n", nil},
		{"does not parse", "variables:\n  GOPROXY: off\n bad:\n  script:\n    - export GOSUMDB=off\n", []string{"2 GOPROXY=off", "5 GOSUMDB=off"}},
	})
}

func TestGitLabCaches(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []envcheck.CIPath
		broken     bool
	}{
		{"as it should be", "cache:\n  key: x\n  paths:\n    - .cache/go-mod\n", []envcheck.CIPath{{Path: ".cache/go-mod", Line: 4}}, false},
		{"of a job, several", "t:\n  cache:\n    - paths: [a, b]\n    - key: x\n      paths:\n        - c\n", []envcheck.CIPath{{Path: "a", Line: 3}, {Path: "b", Line: 3}, {Path: "c", Line: 6}}, false},
		{"the article's, its keys not indented", "cache:\nkey: ${CI_COMMIT_REF_SLUG}\npaths:\n  - $HOME/go/pkg/mod/\n  - $HOME/go/bin/\n", []envcheck.CIPath{{Path: "$HOME/go/pkg/mod/", Line: 4}, {Path: "$HOME/go/bin/", Line: 5}}, false},
		{"the same in a job", "t:\n  cache:\n  paths:\n    - $HOME/go/pkg/mod/\n", []envcheck.CIPath{{Path: "$HOME/go/pkg/mod/", Line: 4}}, false},
		{"no YAML any more", "cache:\n    key: x\n  paths:\n    - $HOME/go/pkg/mod/\n", []envcheck.CIPath{{Path: "$HOME/go/pkg/mod/", Line: 4}}, true},
		{"artifacts are none", "t:\n  artifacts:\n    paths: [dist]\n", nil, false},
		{"anchored", ".c: &c\n  paths: [a]\nt:\n  cache: *c\n", []envcheck.CIPath{{Path: "a", Line: 2}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse(Source{Path: ".gitlab-ci.yml", Data: []byte(c.text)}).Files[0]
			if !slices.Equal(f.Caches, c.want) || (f.Error != "") != c.broken || f.Kind != envcheck.FromGitLab {
				t.Errorf("%+v, want %+v", f, c.want)
			}
		})
	}
}

func TestGitLabLines(t *testing.T) {
	f := Parse(Source{Path: ".gitlab-ci.yml", Data: []byte("t:\n  script:\n    - go vet ./... && go test ./...\n    - |\n      printenv\n      git clone https://x:hunter2@git.corp.example/a\n")}).Files[0]
	want := []envcheck.CILine{{Text: "go vet ./...", Line: 3}, {Text: "go test ./...", Line: 3}, {Text: "printenv", Line: 5}, {Text: "git clone https://***@git.corp.example/a", Line: 6}}
	if !slices.Equal(f.Lines, want) {
		t.Errorf("%+v", f.Lines)
	}
}
