package leak

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestClassify(t *testing.T) {
	k := Knowledge{
		Private: []string{"github.com/corp", "*.secret.example"},
		Public:  []string{"go.corp.com", "git.customer.example/open"},
		Own:     []string{"git.corp.com:8443", "10.0.0.5", "gitlab"},
	}
	for _, tc := range []struct {
		path string
		want Class
	}{
		{"github.com/corp/app", Private},
		{"github.com/corporation/app", Public},
		{"git.secret.example/x", Private},
		{"code.corp.com/x", Private}, // the domain of git's origin
		{"corp.com/x", Private},      // the domain itself
		{"go.corp.com/x", Public},    // declared
		{"notcorp.com/x", Unknown},   // another domain
		{"git.customer.example/x", Unknown},
		{"git.customer.example/open/x", Public},
		{"gitlab/team/x", Private},
		{"git.team.local/x", Private},
		{"nas.lan/x", Private},
		{"git.corp/x", Private},
		{"git.x.internal/x", Private},
		{"git.x.intra/x", Private},
		{"git.x.intranet/x", Private},
		{"box.home/x", Private},
		{"box.home.arpa/x", Private},
		{"localhost.localdomain/x", Private},
		{"10.0.0.5/x", Private},
		{"8.8.8.8/x", Private},
		{"git.example.net:8443/x", Private},
		{"fmt", Public},
		{"cmd/vet", Public},
		{"golang.org/x/mod", Public},
		{"golang.org/toolchain", Public},
		{"google.golang.org/grpc", Public},
		{"k8s.io/api", Public},
		{"sigs.k8s.io/yaml", Public},
		{"gopkg.in/yaml.v3", Public},
		{"gitee.com/x/y", Public},
		{"gitlab.com/x/y", Public},
		{"example.dev/x", Unknown},
		{"internal.example.dev/x", Unknown},
		{"", Private},
	} {
		got, reason := Classify(tc.path, k)
		if got != tc.want {
			t.Errorf("%s is %s (%s), want %s", tc.path, got, reason.EN, tc.want)
		}
		if reason.EN == "" || !strings.ContainsFunc(reason.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: reason %+v", tc.path, reason)
		}
	}
	// The project itself on a public forge says nothing about the forge.
	if c, _ := Classify("github.com/else/x", Knowledge{Own: []string{"github.com"}}); c != Public {
		t.Errorf("github.com is %s where the project lives there", c)
	}
	if c, _ := Classify("group.coding.net/x", Knowledge{Own: []string{"e.coding.net"}}); c != Public {
		t.Errorf("coding.net is %s where the project lives there", c)
	}
}

func TestOurs(t *testing.T) {
	k := Knowledge{Private: []string{"*.corp.example/team", "*", "github.com/corp", "*.com.cn"}, Own: []string{"git.house.com"}, Public: []string{"open.corp.example"}}
	for host, want := range map[string]bool{
		"mirror.corp.example": true, "open.corp.example": false, "nexus.house.com:8081": true, "127.0.0.1:8080": true, "[::1]:80": true,
		"192.168.1.4": true, "8.8.8.8": false, "nexus": true, "nexus.lan": true, "goproxy.cn": false, "github.com": false, "mirror.else.example": false, "mirror.else.com.cn": false,
	} {
		if got := Ours(host, k); got != want {
			t.Errorf("Ours(%s) = %v", host, got)
		}
	}
}

func TestTooBroad(t *testing.T) {
	for pattern, want := range map[string]bool{
		"*": true, "*.com": true, "*.cn": true, "*.com.cn": true, "*.*": true, "github.com": true, "github.com/": true, "github.com/*": true, "git*.com": true, "*/x": true, "gopkg.in": true,
		"git.corp.example": false, "*.corp.example": false, "*.corp.com.cn": false, "github.com/corp": false, "github.com/corp/*": false, "git.corp.?xample": false, "none": false, "*.corp": false, "git[12].corp.example": false,
	} {
		if got := TooBroad(pattern); got != want {
			t.Errorf("TooBroad(%s) = %v", pattern, got)
		}
	}
}

// The list is data that somebody edits by hand.
func TestPublicList(t *testing.T) {
	list := publicSample()
	if len(list) < 100 {
		t.Errorf("%d hosts", len(list))
	}
	for i, h := range list {
		if slices.Contains(list[:i], h) {
			t.Errorf("%s stands twice", h)
		}
		if h != strings.ToLower(h) || !strings.Contains(h, ".") || strings.ContainsAny(h, "/:*") {
			t.Errorf("%s is not a host", h)
		}
		if _, private := houseHost(h, Knowledge{}); private {
			t.Errorf("%s looks private", h)
		}
	}
	if !strings.Contains(publicText, "as of 20") {
		t.Error("the list has no date")
	}
	if PublicHost("evilgithub.com") || PublicHost("") || !PublicHost("GitHub.com") || !PublicHost("raw.github.com") {
		t.Error("PublicHost takes domains for something else")
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("git.corp.example/team/lib", "*.corp.example", "git.corp.example:8443", "goproxy.cn")
	f.Add("[::1]:80/x", "[", "..", ":")
	f.Fuzz(func(t *testing.T, path, private, own, host string) {
		k := Knowledge{Private: []string{private}, Own: []string{own}}
		class, reason := Classify(path, k)
		if class != Public && class != Private && class != Unknown || reason.IsZero() {
			t.Errorf("%q is %q: %+v", path, class, reason)
		}
		Ours(host, k)
		TooBroad(private)
	})
}
