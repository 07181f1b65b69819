package proxy

import "testing"

func TestRoutesFor(t *testing.T) {
	routes := Routes{
		{Name: "one version", Pattern: "example.com/bad", Block: "backdoor", Versions: []string{"v1.0.1"}},
		{Name: "typo", Pattern: "example.com/boltdb-go/*", Block: "a look-alike"},
		{Name: "shared", Pattern: "code.corp.example/open"},
		{Name: "team", Pattern: "code.corp.example/open/closed/*,code.corp.example/team/*", Private: true},
		{Name: "intranet", Pattern: "git.corp.example,*.corp.test/go", Private: true},
		{Name: "public", Pattern: "*"},
	}
	for _, tt := range []struct{ module, version, want string }{
		{"example.com/bad", "v1.0.1", "one version"},
		{"example.com/bad", "v1.0.0", "public"},
		{"example.com/bad", "", "public"},
		{"example.com/bad/sub", "v1.0.1", "one version"}, // patterns match prefixes, as GOPRIVATE does
		{"example.com/badly", "v1.0.1", "public"},
		{"example.com/boltdb-go/bolt", "", "typo"},
		{"example.com/boltdb-go", "", "public"},
		{"git.corp.example/a/b", "v1.0.0", "intranet"},
		{"git.corp.example.org/a", "v1.0.0", "public"},
		{"x.corp.test/go/a", "", "intranet"},
		{"x.corp.test/java/a", "", "public"},
		{"x.corp.test", "", "intranet"}, // asked for on the way to x.corp.test/go
		{"code.corp.example", "", "team"},
		{"code.corp.example/team", "", "team"},
		{"code.corp.example/open", "", "shared"}, // it has a route of its own before
		{"code.corp.example/other", "", "public"},
		{"example.com", "", "public"}, // above what is blocked, which is no secret
		// Written otherwise it is the same name, and says as much to who hears it.
		{"code.corp.example/Team/app", "v1.0.0", "team"},
		{"code.corp.example/TEAM", "", "team"},
		{"x.corp.test/Go/a", "", "intranet"},
		{"code.corp.example/Open", "", "team"}, // what lies below open is no less private
	} {
		got := routes.For(tt.module, tt.version)
		if got == nil || got.Name != tt.want {
			t.Errorf("For(%s, %s) = %v, want %s", tt.module, tt.version, got, tt.want)
		}
	}
	if got := routes[:5].For("example.com/other", "v1.0.0"); got != nil {
		t.Errorf("without a route for it: %v", got)
	}
	if got := Routes(nil).For("example.com/other", ""); got != nil {
		t.Errorf("without routes: %v", got)
	}
}
