package sources

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRelevant(t *testing.T) {
	for name, want := range map[string]bool{
		"GOPROXY": true, "GOMEMLIMIT": true, "GONOSUMCHECK": true, "GOPRVATE": true, "GPROXY": true, "goproxy": true, "CGO_ENABLED": true, "CGOENABLED": true, "https_proxy": true, "Http_Proxy": true,
		"HTTP_PROXYS": true, "PATH": true, "CC": true, "NETRC": true, "HOME": true,
		"EDITOR": false, "CD": false, "GOOGLE_APPLICATION_CREDENTIALS": false, "GPG_TTY": false, "LS_COLORS": false, "PATHS": false, "XPROXY_URL": false, "": false, "GREP_COLORS": false,
	} {
		if got := Relevant(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{"GO_TOKEN": true, "GOPROXY_PASSWORD": true, "GITHUB_key": true, "GOPROXY": false, "GOAUTH": false, "GOINSECURE": false} {
		if got := SecretName(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestScrub(t *testing.T) {
	for _, line := range []string{
		"git clone https://oauth2:CANARY@git.corp.example/a.git", "curl -u me:CANARY https://x.example", "curl -H 'PRIVATE-TOKEN: CANARY' https://x", "curl -H 'Authorization: Bearer CANARY'",
		`curl -H "Authorization: Basic CANARY=="`, "docker login -u me -p CANARY reg.example", "docker login --password CANARY", "docker login --password=CANARY", "export GITLAB_TOKEN=CANARY", `export API_KEY="CANARY two"`,
		"echo machine x login y password CANARY > ~/.netrc", "wget 'https://oss.example/a?Signature=CANARY&x=1'", "git config http.extraheader 'CANARY'", "ACCESS_KEY_ID: CANARY", "ENV NPM_TOKEN CANARY",
	} {
		if got := Scrub(line); strings.Contains(got, "CANARY") {
			t.Errorf("%s\n\tbecame %s", line, got)
		}
	}
	for _, line := range []string{"export GOPROXY=https://goproxy.cn,direct", "go env -w GOPRIVATE=*.corp.example", "go mod download && go build -o app ./cmd/app", "RUN ssh-keyscan git.corp.example >> ~/.ssh/known_hosts", "go test -run TestX -v"} {
		if got := Scrub(line); got != line {
			t.Errorf("%s\n\tbecame %s", line, got)
		}
	}
}

func TestNetrc(t *testing.T) {
	machines, def := Netrc("machine git.corp.example login me password CANARY\n# c\nmachine b.example:8443\n  login x\n  password machine\nmacdef init\nmachine CANARY\n\nmachine c.example login a password \"CANARY machine CANARY2\"\ndefault login anonymous password x\n")
	if !slices.Equal(machines, []string{"git.corp.example", "b.example:8443", "c.example"}) || !def {
		t.Errorf("%q, default %v", machines, def)
	}
}

// FuzzParse: whatever a file holds, reading ends, lines stay within the file, and
// no secret that stands in a URL gets into Raw or Lines.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"export GOPROXY=\"a|b\" && go env -w GOSUMDB=off\ncat <<EOF >> ~/.bashrc\nexport GOFLAGS=-v\nEOF\n", "FROM x\nENV A=b \\\n # c\n GOPROXY=\"x\"\nRUN <<E\nexport GOOS=x\nE\n", "cache:\nkey: x\npaths:\n  - a\nvariables: &v\n  GOPROXY: *v\n",
		"environment { GOPROXY = '''x''' }\nsh \"\"\"\nexport GOOS=x\n\"\"\"", "set \"GOPROXY=a\" && set X=^|b|c\r\n", "$env:GOPROXY = 'a'; [Environment]::SetEnvironmentVariable('GOPROXY','x')", "```sh\n$ export GOPROXY=a\n```\n", "\xff\xfea\x00", "$(${", "`", "<<", "a: &a [*a]",
	} {
		for i := range 9 {
			f.Add(uint8(i), seed)
		}
	}
	kinds := []Kind{Shell, Fish, EnvFile, Dockerfile, GitLab, Jenkins, Batch, PowerShell, Markdown}
	f.Fuzz(func(t *testing.T, k uint8, text string) {
		kind := kinds[int(k)%len(kinds)]
		r := Parse(Source{Path: "f", Kind: kind, Data: []byte(text)})
		last := strings.Count(text, "\n") + 1
		for _, s := range r.Settings {
			if s.Key == "" || s.Place.Line < 1 || s.Place.Line > last && !strings.HasPrefix(text, "\xff\xfe") && !strings.HasPrefix(text, "\xfe\xff") && kind != GitLab && kind != Jenkins {
				t.Errorf("%s: %+v, the file has %d lines", kind, s, last)
			}
		}
		KindOf("x", []byte(text))
		Netrc(text)
		Scrub(text)
	})
}

// TestHostileSizes: 64 KiB of anything is read in reasonable time.
func TestHostileSizes(t *testing.T) {
	const n = 1 << 16
	for name, unit := range map[string]string{"pipes": "a|", "nothing": "\n", "quotes": "'", "groups": "$(", "documents": "<<a\n", "backslashes": "\\\n", "assignments": "GOPROXY=a ", "fences": "```\n", "lists": "- ", "braces": "{", "flow": "[", "letters": "x", "secrets": "TOKEN=a;", "strings": `"""`, "set": "set GOPROXY=a|\n"} {
		text := []byte(strings.Repeat(unit, n/len(unit)))
		for _, k := range []Kind{Shell, EnvFile, Dockerfile, GitLab, Jenkins, Batch, PowerShell, Markdown} {
			start := time.Now()
			Parse(Source{Path: "f", Kind: k, Data: text})
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("%s as %s took %s", name, k, d)
			} else if d > time.Second {
				t.Logf("%s as %s took %s", name, k, d)
			}
		}
	}
}
