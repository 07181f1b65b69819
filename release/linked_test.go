package release

import (
	"reflect"
	"testing"

	"github.com/yingzao-dev/yingzao/release/sbom"
)

// The chain leads to code that the licence is about, not to another package of the module.
func TestChainToAFolder(t *testing.T) {
	l, err := parseLinked([]byte(`
		{"ImportPath": "a.cn/lib/third_party/old/inside", "Module": {"Path": "a.cn/lib"}}
		{"ImportPath": "a.cn/lib/third", "Module": {"Path": "a.cn/lib"}, "Imports": ["a.cn/lib/third_party/old/inside"]}
		{"ImportPath": "a.cn/lib", "Module": {"Path": "a.cn/lib"}, "Imports": ["fmt", "a.cn/lib/third"]}
		{"ImportPath": "a.cn/app", "Module": {"Path": "a.cn/app"}, "Imports": ["a.cn/lib"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string][]string{
		".":               {"a.cn/app", "a.cn/lib"},
		"third":           {"a.cn/app", "a.cn/lib", "a.cn/lib/third"},
		"third_party":     {"a.cn/app", "a.cn/lib", "a.cn/lib/third", "a.cn/lib/third_party/old/inside"},
		"third_party/old": {"a.cn/app", "a.cn/lib", "a.cn/lib/third", "a.cn/lib/third_party/old/inside"},
		"gone":            {"a.cn/app"},
	} {
		if got := l.chain(sbom.Module{Path: "b.cn/fork", Replaces: "a.cn/lib@v1.0.0"}, folder); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", folder, got)
		}
	}
}
