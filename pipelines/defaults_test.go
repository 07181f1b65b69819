package pipelines

import (
	"strings"
	"testing"
)

func TestWithDefaults(t *testing.T) {
	all := params(t)
	changed, err := WithDefaults(all, Values{"tool_url": "https://dl.example.cn/bin", "targets": "linux/arm64"})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range changed {
		for _, system := range Systems() {
			want := all[i].DefaultIn(system)
			switch p.Name {
			case "tool_url":
				want = "https://dl.example.cn/bin"
			case "targets": // has one of its own for GitLab, which must not win
				want = "linux/arm64"
			}
			if got := p.DefaultIn(system); got != want {
				t.Errorf("%s in %s: %q, want %q", p.Name, system, got, want)
			}
		}
	}
	for _, c := range []struct {
		set  Values
		want string
	}{
		{Values{"tool_urls": "x"}, `no parameter "tool_urls"`},
		{Values{"profile": "home"}, "it is one of ci"},
		{Values{"tool_sha256": "linux/amd64=00"}, "does not match"},
	} {
		if _, err := WithDefaults(all, c.set); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.set, err)
		}
	}
}
