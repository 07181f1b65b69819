package sources

import (
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestGitLabStrays(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []envcheck.CILine
	}{
		{"at the top", "cache:\nkey: go\npaths:\n  - .cache/\n", []envcheck.CILine{{Text: "key: go", Line: 2}, {Text: "paths:", Line: 3}}},
		{"half of it", "cache:\n  paths: [.cache/]\nkey:\n  files: [go.sum]\n", []envcheck.CILine{{Text: "key:", Line: 3}}},
		{"in a job", "t:\n  cache:\n    paths: [a]\n  policy: pull\n", []envcheck.CILine{{Text: "policy: pull", Line: 4}}},
		{"as it should be", "cache:\n  key: go\n  paths: [.cache/]\n  policy: pull\n", nil},
		{"artifacts have paths", "t:\n  cache: []\n  artifacts:\n    paths: [dist]\n    untracked: true\n", nil},
		{"variables of these names", "cache: {}\nvariables:\n  cache: x\n  key: y\n", nil},
		{"a job of that name", "cache: {}\nkey:\n  script: [go build]\npaths:\n  extends: .x\n", nil},
		{"no cache at all", "key: x\n", nil},
		{"no mapping", "- key: x\n", nil},
		{"nothing", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Parse(Source{Path: ".gitlab-ci.yml", Data: []byte(c.text)}).Files[0]
			if !slices.Equal(f.Strays, c.want) {
				t.Errorf("%+v, want %+v", f.Strays, c.want)
			}
		})
	}
}
