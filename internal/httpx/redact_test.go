package httpx

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// places are where secrets were found in real settings and errors; %s is the
// secret.
var places = []string{
	"https://%s@goproxy.corp.example/",
	"https://dev:%s@goproxy.corp.example/sub/,direct",
	"https://%s:x@goproxy.corp.example|https://goproxy.cn,direct",
	"https://dev:a/%s@goproxy.corp.example/x",
	"https://dev:a?%s@goproxy.corp.example/x",
	"https://dev:%s#1@goproxy.corp.example/x",
	"https://dev:p@%s@goproxy.corp.example/x",
	"https://h.example|https://%s@i.example,https://j.example",
	"https://h.example:8080,https://a:b/%s@i.example",
	"GOPROXY=https://a:%s@h.example,https://c:x%s@i.example;https://%s@j.example",
	"://%s@goproxy.corp.example",
	"htt\x00ps://%s@goproxy.corp.example",
	"https://goproxy.corp.example/?token=%s",
	"https://goproxy.corp.example/x?a=1&sig=%s&b=2",
	"https://goproxy.corp.example/x?%s",
	"https://goproxy.corp.example/x?a=1;b=%s",
	"https://git.corp.example/cb#access_token=%s&x=1",
	`Get "https://dev:%s@goproxy.corp.example/x/@v/list": dial tcp: lookup failed`,
	`parse "https://dev:%s/@goproxy.corp.example": invalid port ":%s" after host`,
	`{"proxy":"http:\/\/dev:%s@proxy.corp.example:3128"}`,
	"http%%3A ftp://u:%s@h/",
	"https:%%2F%%2Fdev:%s@goproxy.corp.example",
	"HTTPS_PROXY=dev:%s@proxy.corp.example:3128",
	"GOPROXY=dev:%s@10.1.2.3:8080,direct",
	"socks5://u:%s@127.0.0.1:1080",
	"ssh://git:%s@git.corp.example:22/team/x.git",
	"Authorization: Basic %s",
	"authorization: Bearer %s extra %s",
	`{"Authorization": "Basic %s"}`,
	"map[Authorization:[Basic %s]]",
	"Proxy-Authorization: Basic %s",
	"PRIVATE-TOKEN: %s",
	"JOB-TOKEN: %s",
	"X-Gitlab-Token: %s",
	"Cookie: session=%s; b=%s",
	"x-oss-security-token: %s",
	"token=%s", "TOKEN = %s", "CI_JOB_TOKEN=%s", "password=%s", "passwd=%s", "client_secret=%s", "pwd=%s",
	"//registry.corp.example/:_authToken=%s",
	"_auth=%s",
	"AccessKeyId=%s&AccessKeySecret=%s",
	`access_key_secret = "%s"`,
	"password: %s", "  - api_key: '%s'", `{"password":"%s","x":1}`, `{\"token\":\"%s\"}`,
	"machine git.corp.example login dev password %s",
	"machine git.corp.example\n  login dev\n  password %s\n",
	"machine h password %s login dev",
	"default login anonymous password %s",
	"-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n%s\n-----END OPENSSH PRIVATE KEY-----",
	"-----BEGIN PRIVATE KEY-----\n%s",
}

// plant puts a secret into a place.
func plant(place, secret string) string {
	return strings.ReplaceAll(strings.ReplaceAll(place, "%s", secret), "%%", "%")
}

func TestNoSecretSurvives(t *testing.T) {
	const canary = "Canary-0xC0FFEE_zz"
	for _, p := range places {
		text := plant(p, canary)
		for _, text := range []string{text, text + " after", "x\n" + text + "\ny"} {
			got := Redact(text)
			if strings.Contains(got, "C0FFEE") {
				t.Errorf("%q\n becomes %q", text, got)
			}
			if again := Redact(got); again != got {
				t.Errorf("twice: %q, then %q", got, again)
			}
		}
	}
}

func TestKnownShapes(t *testing.T) {
	for _, s := range []string{
		"glpat-abcDEF0123456789wxyz", "glcbt-64_abcDEF0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "github_pat_11ABCDEFG0abcdefghijklm",
		"npm_abcdefghijklmnopqrstuvwxyz0123456789", "AKIAIOSFODNN7EXAMPLE", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "LTAI5tEXAMPLE0123456789",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
	} {
		if got := Redact("found " + s + " here"); got != "found "+mask+" here" {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}

func TestInnocentTextIsUnchanged(t *testing.T) {
	for _, s := range []string{
		"", "direct", "https://goproxy.cn,direct", "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct",
		"https://goproxy.cn/golang.org/x/text/@v/v0.3.0.mod", "https://goproxy.cn/sumdb/sum.golang.org/lookup/golang.org/x/text@v0.3.0",
		"https://goproxy.corp.example:8443/golang.org/x/text/@latest", "http://[::1]:8080/x/@v/list", "https://pkg.go.dev/cmd/go#hdr-Module_authentication",
		"https://git.corp.example/team/x?go-get=1", "http://host:port/", "(see http://h.example:8080)", "at http://h.example:8080.", "get http://h.example:8080: nobody listens there", "http://$HOST:$PORT", "GOPROXY=http://127.0.0.1:8080,direct", "http://h.example:3000|direct",
		"go: golang.org/x/text@v0.3.0: reading https://goproxy.cn/golang.org/x/text/@v/v0.3.0.mod: 403 Forbidden",
		"verifying golang.org/x/text@v0.3.0: checksum mismatch\n\tdownloaded: h1:g61tztE5qeGQ89tm6NTjjM9VPIm088od1l6aSorWRWg=",
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
		"git@git.corp.example:team/x.git", "image registry.example/x:1.2@sha256:0123456789abcdef", "npm:left-pad@1.3.0", "tool:v1@v1.2.3",
		"PWD=/home/dev/project OLDPWD=/home/dev", "invalid character '<' looking for beginning of value", "syntax error: unexpected token: foo",
		"the password is asked for", "an Authorization header was sent", "tokenizer=fast", "monkey=1", "GOFLAGS=-mod=mod -trimpath",
		`parse "htp//x:y": invalid port ":y" after host`, "go1.26.8 linux/amd64", "C:\\Users\\dev\\go\\env", "sigs.k8s.io/yaml v1.4.0", "令牌和密码都没有：正常",
	} {
		if got := Redact(s); got != s {
			t.Errorf("%q\n became %q", s, got)
		}
	}
}

func TestWhatRemainsIsUseful(t *testing.T) {
	for in, want := range map[string]string{
		"https://dev:pw@goproxy.corp.example/sub/,direct":         "https://goproxy.corp.example/sub/,direct",
		"https://h.example/x?a=1&token=2":                         "https://h.example/x?a=***&token=***",
		"GOPROXY=https://a:b@h.example|https://c:d@i.example,off": "GOPROXY=https://h.example|https://i.example,off",
		"machine h.example login dev password x1":                 "machine h.example login dev password ***",
	} {
		if got := Redact(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	u, _ := url.Parse("https://dev:pw@h.example/p?q=1")
	if got := RedactURL(u); got != "https://h.example/p?q=***" {
		t.Errorf("RedactURL: %q", got)
	}
	if u, err := url.Parse("dev:pw@h.example"); err != nil || RedactURL(u) != "h.example" || RedactURL(nil) != "" {
		t.Errorf("an opaque URL: %q, %v", RedactURL(u), err)
	}
}

func TestErrorsKeepTheirCauses(t *testing.T) {
	cause := errors.New("broken for token=C0FFEE")
	err := Error(&url.Error{Op: "Get", URL: "https://u:C0FFEE@h.example/?x=C0FFEE", Err: cause})
	if want := `Get "https://h.example/?x=***": broken for token=***`; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	if !errors.Is(err, cause) || Error(nil) != nil {
		t.Error("the cause is lost")
	}
	_, parse := url.Parse("https://dev:C0FFEE%ss@h.example")
	_, port := url.Parse("https://dev:C0FFEE/x@h.example")
	_, hash := url.Parse("https://dev:C0FFEE#x@h.example")
	_, query := url.Parse("https://dev:C0FFEE?x@h.example")
	for _, err := range []error{parse, port, hash, query} {
		if got := Error(err); err == nil || strings.Contains(got.Error(), "C0FFEE") || strings.Contains(got.Error(), "%ss") {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if plain := errors.New("plain"); Error(plain) != plain {
		t.Error("an error without secrets was changed")
	}
}

// A secret made of the characters that tokens have survives in no place.
func FuzzRedact(f *testing.F) {
	f.Add("glpat-", 0, "text before", "and after")
	f.Add("a.b_c~d", 7, "machine x", "\n")
	f.Fuzz(func(t *testing.T, secret string, place int, before, after string) {
		keep := func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~+", r) {
				return r
			}
			return -1
		}
		secret = "C0FFEE" + strings.Map(keep, secret) + "C0FFEE"
		if place < 0 {
			place = -(place + 1)
		}
		text := plant(places[place%len(places)], secret)
		if got := Redact(text); strings.Contains(got, "C0FFEE") {
			t.Fatalf("%q becomes %q", text, got)
		}
		// Whatever stands around it: no crash, and twice is once.
		if !strings.Contains(before+after, "C0FFEE") {
			once := Redact(before + "\n" + text + "\n" + after)
			if again := Redact(once); again != once {
				t.Fatalf("once %q, twice %q", once, again)
			}
		}
	})
}
