package release

import (
	"context"
	"strings"
	"testing"
)

const program = "package main\n\nfunc main() {}\n"

func TestFindMains(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files files
		want  string // "" = an error
	}{
		{"the root", files{"main.go": program}, "."},
		{"root and cmd", files{"main.go": program, "cmd/b/b.go": program, "cmd/a/x/a.go": program, "tool/t.go": program}, ". ./cmd/a/x ./cmd/b"},
		{"others only where neither is", files{"lib.go": "package lib\n", "server/s.go": program, "agent/a.go": program}, "./agent ./server"},
		{"side folders are no programs", files{
			"lib.go": "package lib\n", "internal/gen/g.go": program, "examples/e.go": program, "x/test/e.go": program, "hack/h.go": program,
			"testdata/t.go": program, "vendor/v/v.go": program, "_old/o.go": program, ".x/x.go": program, "dist/d.go": program}, ""},
		{"a nested module is another project", files{"lib.go": "package lib\n", "sub/go.mod": "module x\n", "sub/main.go": program, "srv/m.go": program}, "./srv"},
		{"tests and ignored files make no program", files{"lib.go": "package lib\n", "a/a_test.go": "package main\n", "b/b.go": "//go:build ignore\n\n" + program}, ""},
		{"another system's program is not seen", files{"lib.go": "package lib\n", "w/w_windows.go": program}, ""},
		{"with tests beside", files{"cmd/a/a.go": program, "cmd/a/a_test.go": "package main\n"}, "./cmd/a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := FindMains(context.Background(), folder(t, tc.files))
			if tc.want == "" {
				says(t, err, "there is none")
				return
			}
			if s := strings.Join(got, " "); err != nil || s != tc.want {
				t.Errorf("%q, %v, want %q", s, err, tc.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FindMains(ctx, folder(t, hello)); err == nil {
		t.Error("cancelling is not honoured")
	}
}

func TestProgramName(t *testing.T) {
	for _, tc := range []struct{ module, main, want string }{
		{"example.cn/app", ".", "app"},
		{"example.cn/app/v2", ".", "app"},
		{"example.cn/app/v2", "./cmd/tool", "tool"},
		{"example.cn/app", "./cmd/v3", "cmd"}, // as go build does it
		{"v2", ".", "v2"},
		{"gopkg.in/yaml.v3", ".", "yaml.v3"},
	} {
		if got := programName(tc.module, tc.main); got != tc.want {
			t.Errorf("programName(%q, %q) = %q, want %q", tc.module, tc.main, got, tc.want)
		}
	}
}
