package server

import (
	"context"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"html"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// The page says everything in its own language, status.json in English.
func TestStatusSpeaks(t *testing.T) {
	f := files(t)
	s, base, _ := started(t, Options{Files: f, Cache: f.c, Tokens: tokens("ci", "ci-token"),
		Routes: proxy.Routes{{Pattern: "example.com/evil", Block: "it phones home"}, {Pattern: "*"}},
		Ready:  func(context.Context) error { return msg.Errorf("no route: %w", "没有路由：%w", errors.New("x")) },
		Mirrors: func() []Mirror {
			return []Mirror{{Name: "https://a.example", State: "held", Latency: 300 * time.Microsecond, Error: "refused"}, {Name: "https://b.example", State: "up", Latency: time.Millisecond, Error: "tls-name"}, {Name: "https://c.example", State: "up", Error: "new-class"}}
		}})
	get(t, base+infoPath)
	get(t, base+"/example.com/evil/@v/list", "Authorization", "Bearer ci-token")
	for deadline := time.Now().Add(time.Minute); len(s.denials.latest()) < 2 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	admin := adminOf(t, s)
	const (
		en   = "fetch example.com/evil (list): blocked by rule: the rule says: it phones home"
		zh   = "获取 example.com/evil (list)：被规则禁止：规则说明：it phones home"
		need = "this needs a token"
	)
	for lang, tc := range map[string]struct{ yes, no []string }{
		"en": {[]string{"403 " + en, "401 " + need, `<span title="refused">nobody listens</span>`, `<span title="tls-name">certificate of another name</span>`, "<td class=\"num\"><1 ms</td>", ">1 ms<", "no route: x", `<span title="new-class">new-class</span>`}, []string{"被规则禁止"}},
		"zh": {[]string{"403 " + zh, "401 需要令牌", `<span title="refused">拒绝连接</span>`, `<span title="tls-name">证书与主机名不符</span>`, "<td class=\"num\"><1 ms</td>", ">1 ms<", "没有路由：x"}, []string{"blocked by rule", need, "no route"}},
	} {
		body := html.UnescapeString(get(t, admin+"/?lang="+lang).body)
		for _, part := range tc.yes {
			if !strings.Contains(body, part) {
				t.Errorf("%s: no %q on the page:\n%s", lang, part, body)
			}
		}
		for _, part := range tc.no {
			if strings.Contains(body, part) {
				t.Errorf("%s: %q on the page", lang, part)
			}
		}
	}
	var st struct {
		Problem string
		Denials []struct{ Why string }
		Mirrors []struct{ Error string }
	}
	if err := json.Unmarshal([]byte(get(t, admin+"/status.json?lang=zh").body), &st); err != nil {
		t.Fatal(err)
	}
	if st.Problem != "no route: x" || len(st.Denials) != 2 || st.Denials[0].Why != en || !strings.HasPrefix(st.Denials[1].Why, need) || st.Mirrors[0].Error != "refused" {
		t.Errorf("%+v", st)
	}
}

// Every class of package mirror has a short word in both languages.
func TestFailuresHaveWords(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "../../internal/mirror/class.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Class" || len(spec.Values) != 1 {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		n++
		if word := failures[mirror.Class(value)]; word.EN == "" || word.ZH == "" || len(word.EN) > 28 {
			t.Errorf("%s: %+v", value, word)
		}
		return true
	})
	if n < 29 {
		t.Errorf("%d classes were found", n)
	}
}

func TestHomeNamesTheMachine(t *testing.T) {
	f := files(t)
	_, base, _ := started(t, Options{Files: f, Cache: f.c, Tokens: tokens("ci", "x"), Routes: proxy.Routes{{Pattern: "git.corp.test", Private: true}}})
	if a := get(t, base+"/"); !strings.Contains(a.body, "machine "+strings.TrimPrefix(base, "http://")+" login") {
		t.Errorf("the machine is named without its port:\n%s", a.body)
	}
	for _, lang := range []string{"host:port as in GOPROXY, unless the port is 443", "“主机:端口”"} {
		if a := get(t, base+infoPath); a.StatusCode != 401 || !strings.Contains(a.body, lang) {
			t.Errorf("%s: %s %s", lang, a.Status, a.body)
		}
	}
}
