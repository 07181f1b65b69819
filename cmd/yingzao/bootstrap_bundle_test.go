package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap/bundle"
	"github.com/yingzao-dev/yingzao/images/matrix"
)

// The command line comes before the organisation's file, and that before what is
// known here.
func TestBundleOrg(t *testing.T) {
	m, err := matrix.Load()
	if err != nil {
		t.Fatal(err)
	}
	org := filepath.Join(t.TempDir(), "yingzao.yaml")
	const pin = "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	text := "version: 1\nbootstrap:\n  go: {version: 1.26.7, h1: {linux/riscv64: '" + pin + "'}}\n  tools:\n    - {module: golang.org/x/tools/gopls, version: v0.20.0}\n    - {module: golang.org/x/tools, package: golang.org/x/tools/cmd/stringer, version: v0.30.0}\n"
	if err := os.WriteFile(org, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		org, flag, wantGo string
		tools, wantTools  []string
	}{
		{"", "", m.Go, nil, nil},
		{"", "1.25.3", "1.25.3", []string{"a.example/x@v1.0.0"}, []string{"a.example/x@v1.0.0"}},
		{org, "", "1.26.7", nil, []string{"golang.org/x/tools/gopls@v0.20.0", "golang.org/x/tools/cmd/stringer@v0.30.0"}},
		{org, "none", "none", []string{"golang.org/x/tools/gopls@v0.19.0"}, []string{"golang.org/x/tools/gopls@v0.19.0", "golang.org/x/tools/cmd/stringer@v0.30.0"}},
	} {
		o := bundle.Options{Org: tc.org, Tools: tc.tools}
		if err := bundleOrg(&o, tc.flag, m); err != nil || o.Go != tc.wantGo || !slices.Equal(o.Tools, tc.wantTools) {
			t.Errorf("%+v: %v, Go %s, tools %v", tc, err, o.Go, o.Tools)
		}
		h1, _ := o.Pins("go1.26.7", "linux/riscv64")
		if want := map[bool]string{true: pin}[tc.org != ""]; h1 != want {
			t.Errorf("%+v: pin %q", tc, h1)
		}
		if h1, _ := o.Pins("go"+m.Go, "linux/amd64"); h1 == "" {
			t.Error("what is known here is not asked")
		}
	}
}
