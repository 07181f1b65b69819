package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// saysWhat are real messages, most of them also said by the go command in the
// reproductions of this folder.
var saysWhat = map[string]string{
	`go: GOPROXY list is not the empty string, but contains no entries`:                                                  "PRX001",
	`go: invalid proxy URL missing scheme: Direct`:                                                                       "PRX002",
	`go: example.com/a@v1.0.0: Get "https://direct/example.com/a/@v/v1.0.0.info": dial tcp: lookup direct: no such host`: "PRX003",
	`go: invalid proxy URL scheme (must be https, http, file): htp://goproxy.cn`:                                         "PRX006",
	`go: invalid file:// proxy URL with non-path elements: file://srv/modules`:                                           "PRX006",
	`go: example.com/a@v1.0.0: refusing to pass credentials to insecure URL: http://user:***@mirror.example/x`:           "PRX015",
	`go: example.com/a@v1.0.0: zip: not a valid zip file`:                                                                "PRX016",
	`verifying module: example.com/a@v1.0.0: reading http://127.0.0.1:1/sumdb/gosum.io/supported: 403 Forbidden`:         "SUM006",
	`go: example.com/a@v1.0.0: verifying module: invalid GOSUMDB: malformed verifier id`:                                 "SUM002",
	`golang.org/toolchain@v0.0.1-go1.25.5.linux-amd64: verifying module: checksum database disabled by GOSUMDB=off`:      "SUM001",
	`SECURITY ERROR`: "PRX019",
	`verifying example.com/a@v1.0.0: checksum mismatch`:                                                                                      "PRX019",
	`go: download go1.99.0 for linux/amd64: toolchain not available`:                                                                         "TCH002",
	`go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)`:                                                                  "TCH001",
	`go: invalid GOTOOLCHAIN "foo"`:                                                                                                          "ENV010",
	`go.mod:3: invalid go version '1.25.0.1': must match format 1.23`:                                                                        "TCH003",
	`go: cannot find GOROOT directory: /nonexistent`:                                                                                         "ENV010",
	`go: 'go' binary is trimmed and GOROOT is not set`:                                                                                       "ROOT005",
	`go: unknown go command variable GONOSUMCHECK`:                                                                                           "SUM010",
	`warning: go env -w GOPROXY=... does not override conflicting OS environment variable`:                                                   "ENV001",
	`build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined`:            "ENV008",
	`go: parsing $GOFLAGS: unknown flag -bogus`:                                                                                              "FLG001",
	`go: parsing $GOFLAGS: non-flag "vendor"`:                                                                                                "FLG001",
	`go: -insecure flag is no longer supported; use GOINSECURE instead`:                                                                      "FLG004",
	`go: unknown GOEXPERIMENT foo`:                                                                                                           "ENV032",
	"fatal error: malformed GOMEMLIMIT; see `go doc runtime/debug.SetMemoryLimit`":                                                           "ENV031",
	`go: warning: ignoring go.mod in system temp root /tmp`:                                                                                  "MOD003",
	`main.go:3:8: no required module provides package example.com/b; to add it:`:                                                             "MOD020",
	`tls: failed to verify certificate: x509: certificate signed by unknown authority`:                                                       "TLS001",
	`x509: certificate has expired or is not yet valid: current time 2026-11-21T00:00:00Z is after 2026-11-20T00:00:00Z`:                     "TLS002",
	`proxyconnect tcp: tls: first record does not look like a TLS handshake`:                                                                 "NET010",
	`Get "https://goproxy.cn/x": Forbidden`:                                                                                                  "NET014",
	`error obtaining VCS status: exit status 128`:                                                                                            "VCS004",
	`fork/exec /tmp/go-build1/b001/exe/main: permission denied`:                                                                              "CCH003",
	`fork/exec /tmp/go-build1/b001/exe/main: exec format error`:                                                                              "CGO010",
	`golang.org/x/tools/cmd/goenv@latest: module golang.org/x/tools@latest found, but does not contain package golang.org/x/tools/cmd/goenv`: "CI011",
	`fatal: could not read Username for 'https://git.corp.example': terminal prompts disabled`:                                               "VCS005",
	`go: module cache not found: neither GOMODCACHE nor GOPATH is set`:                                                                       "ENV008",
	`go: cannot load module ../lib listed in go.work file: open ../lib/go.mod: no such file or directory`:                                    "MOD005",
	`cannot authenticate record data in server response`:                                                                                     "ROOT007",
	`example.com/a v1.0.0: dir has been modified (/home/dev/go/pkg/mod/example.com/a@v1.0.0)`:                                                "CCH010",
	`package example.com/c: build constraints exclude all Go files in /home/dev/c`:                                                           "CGO010",
	`go: unsupported GOOS/GOARCH pair linux/loongarch64`:                                                                                     "CGO012",
	`go: inconsistent vendoring in /home/dev/app:`:                                                                                           "FLG002",
}

func TestSayings(t *testing.T) {
	for line, want := range saysWhat {
		found := ExplainLog("something before\n  " + line + "\n")
		if len(found) != 1 || found[0].Line != 2 {
			t.Errorf("%q: %d explanations", line, len(found))
			continue
		}
		if got := found[0].Saying.Codes; want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0] != want) {
			t.Errorf("%q: %v, want %s first", line, got, want)
		}
	}
	if n := len(Sayings()); n < 40 {
		t.Errorf("%d sayings", n)
	}
	if got := ExplainLog("ok  \texample.com/a\t0.2s\nPASS\n=== RUN TestX\n" + strings.Repeat("x", 1<<20)); len(got) != 0 {
		t.Errorf("an ordinary log is explained: %+v", got)
	}
}

func TestSayingsNameRulesThatExist(t *testing.T) {
	all := All()
	for _, s := range Sayings() {
		for _, code := range s.Codes {
			if !slices.ContainsFunc(all, func(r envcheck.Rule) bool { return r.Code == code }) {
				t.Errorf("%s names %s, which does not exist", s.Pattern, code)
			}
		}
		if s.Means.EN == "" || s.Means.ZH == "" {
			t.Errorf("%s has no meaning", s.Pattern)
		}
	}
}

func FuzzExplainLog(f *testing.F) {
	for line := range saysWhat {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, log string) {
		for _, e := range ExplainLog(log) {
			if e.Line < 1 || !e.Saying.Pattern.MatchString(e.Text) {
				t.Errorf("%+v", e)
			}
		}
	})
}
