package start

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/generate"
)

func params(t *testing.T) []pipelines.Param {
	t.Helper()
	all, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func files(t *testing.T, system string, o Options) ([]File, string) {
	t.Helper()
	o.Params, o.Project.Module = params(t), "example.cn/team/app"
	all, next, err := Files(system, o)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range next {
		b.WriteString(n.EN + "\n" + n.ZH + "\n")
	}
	return all, b.String()
}

func parse(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return doc
}

const nasty = `it's "a" #b: {c}, [d] & *e $HOME %f \n 中文`

// What a user writes is short: six lines and three, comment included.
func TestLines(t *testing.T) {
	set := pipelines.Values{"publish_to": "oss://b/p?region=cn-hangzhou", "targets": "linux/amd64"}
	for _, c := range []struct {
		system, shared string
		lines          int
	}{
		{"gitlab", "infra/yingzao/go-release@1", 6}, {"gitlab", "", 6}, {"jenkins", "", 3}, {"bkci", "yingzao@1.*", 16},
	} {
		all, _ := files(t, c.system, Options{Shared: c.shared, Set: set})
		if n := strings.Count(string(all[0].Data), "\n"); n > c.lines {
			t.Errorf("%s: %d lines\n%s", c.system, n, all[0].Data)
		}
	}
}

// Every value arrives as it was given, and every name is one that the template knows.
func TestValuesArrive(t *testing.T) {
	set := pipelines.Values{"config": nasty, "offline": "true", "goproxy": "off", "profile": "cn", "goprivate": "123", "publish_to": "/a b/it's,oss://b/p", "oidc_role": "true"}
	all, _ := files(t, "gitlab", Options{Shared: "gitlab.corp.example/infra/yingzao/go-release@~latest", Set: set})
	include := parse(t, all[0].Data)["include"].([]any)[0].(map[string]any)
	if include["component"] != "gitlab.corp.example/infra/yingzao/go-release@~latest" || len(all) != 1 {
		t.Error(include["component"])
	}
	generated, err := generate.Files(params(t))
	if err != nil {
		t.Fatal(err)
	}
	known := parse(t, generated["gitlab/templates/go-release.yml"])["spec"].(map[string]any)["inputs"].(map[string]any)
	for name, got := range include["inputs"].(map[string]any) {
		if known[name] == nil {
			t.Errorf("the template has no input %s", name)
		}
		want := any(set[name])
		switch name {
		case "offline":
			want = true
		case "publish_to":
			want = []any{"/a b/it's", "oss://b/p"}
		}
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Errorf("%s: %#v, want %#v", name, got, want)
		}
		delete(set, name)
	}
	if len(set) > 0 {
		t.Errorf("not in the file: %v", set)
	}
}

func TestVariablesArrive(t *testing.T) {
	set := pipelines.Values{"config": nasty, "targets": "linux/arm64,linux/arm64/v8.2,lse"}
	if _, _, err := Files("gitlab", Options{Params: params(t), Set: set, Legacy: true}); err == nil {
		t.Error("a level with a comma is a target of its own here")
	}
	set["targets"] = "linux/arm64,linux/loong64-abi1.0"
	all, _ := files(t, "gitlab", Options{Legacy: true, Set: set})
	doc := parse(t, all[0].Data)
	vars := doc["variables"].(map[string]any)
	if vars["YINGZAO_CONFIG"] != nasty || vars["YINGZAO_TARGETS"] != set["targets"] {
		t.Errorf("%v", vars)
	}
	rows := doc["yingzao-build"].(map[string]any)["parallel"].(map[string]any)["matrix"].([]any)
	if got := fmt.Sprint(rows); got != "[map[SLUG:linux-arm64 TARGET:linux/arm64] map[SLUG:linux-loong64-abi1.0 TARGET:linux/loong64-abi1.0]]" {
		t.Error(got)
	}
	if all[1].Name != "ci/go-release.gitlab-ci.yml" || parse(t, all[1].Data)["yingzao-build"] == nil {
		t.Error("the template is not the one for old GitLab")
	}
}

// BlueKing's file in both forms.
func TestBlueKing(t *testing.T) {
	set := pipelines.Values{"config": nasty, "publish_to": "oss://b/p,cos://c/q"}
	all, next := files(t, "bkci", Options{Set: set})
	doc := parse(t, all[0].Data)
	if v := doc["variables"].(map[string]any)["YINGZAO_CONFIG"].(map[string]any)["value"]; v != nasty {
		t.Errorf("%v", v)
	}
	script := doc["steps"].([]any)[1].(map[string]any)["run"].(string)
	if _, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), "run"); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"export ALIBABA_CLOUD_ACCESS_KEY_ID='${{ settings.yingzao-oss.username }}'\n", "export TENCENTCLOUD_SECRET_KEY='${{ settings.yingzao-cos.password }}'\n", "\nyingzao pipeline run release\n"} {
		if !strings.Contains(script, want) {
			t.Errorf("no %s in\n%s", want, script)
		}
	}
	if !strings.Contains(next, "named yingzao-cos") {
		t.Error(next)
	}
	all, next = files(t, "bkci", Options{Shared: "release-go", Set: pipelines.Values{"publish_to": "oss://b/p", "oidc_role": "r", "stage": "build"}})
	step := parse(t, all[0].Data)["steps"].([]any)[1].(map[string]any)
	with := step["with"].(map[string]any)
	if step["uses"] != "release-go@1.*" || with["publishTo"] != "oss://b/p" || with["stage"] != "build" || with["accessKeyId"] != nil || strings.Contains(next, "Credentials") {
		t.Errorf("%v\n%s", step, next)
	}
}

func TestJenkinsfile(t *testing.T) {
	for _, c := range []struct {
		set  pipelines.Values
		want string
	}{
		{nil, "goRelease()"},
		{pipelines.Values{"config": `it's a \ path`, "offline": "true", "goroot": "/a,linux/arm64=/b"}, `goRelease config: 'it\'s a \\ path', goroot: ['/a', 'linux/arm64=/b'], offline: true`},
		{pipelines.Values{"publish_to": "oss://b/p,cos://c/q"}, `goRelease publishTo: ['oss://b/p', 'cos://c/q'], credentialsId: 'oss=yingzao-oss,cos=yingzao-cos'`},
		{pipelines.Values{"publish_to": "oss://b/p,cos://c/q", "oidc_role": "r"}, `goRelease publishTo: ['oss://b/p', 'cos://c/q'], oidcRole: 'r', credentialsId: 'yingzao'`},
		{pipelines.Values{"publish_to": "oss://b/p", "credentials_id": "mine"}, `goRelease publishTo: 'oss://b/p', credentialsId: 'mine'`},
	} {
		all, _ := files(t, "jenkins", Options{Set: c.set, Shared: "go@v1"})
		lines := strings.Split(string(all[0].Data), "\n")
		if lines[1] != "@Library('go@v1') _" || lines[2] != c.want || len(lines) != 4 {
			t.Errorf("%s\nwant %s", all[0].Data, c.want)
		}
	}
}

// The file says where yingzao comes from as soon as anything else is known.
func TestTool(t *testing.T) {
	for _, c := range []struct {
		o    Options
		file string
		todo bool
	}{
		{Options{}, "", true},
		{Options{ToolVersion: "v1.2.3"}, "tool_version: v1.2.3", false},
		{Options{ToolVersion: "v1.2.3", Set: pipelines.Values{"tool_url": "https://dl.example.cn/bin"}}, "tool_url: 'https://dl.example.cn/bin'", false},
		{Options{ToolVersion: "v1.2.3", Template: []byte("x")}, "", false},
		{Options{ToolVersion: "v1.2.3", Shared: "a/b/c@1"}, "", false},
	} {
		all, next := files(t, "gitlab", c.o)
		text := string(all[0].Data)
		if strings.Contains(text, "tool_") != (c.file != "") || !strings.Contains(text, c.file) || strings.Contains(next, "YINGZAO_TOOL_URL") != c.todo {
			t.Errorf("%+v:\n%s%s", c.o, text, next)
		}
		if c.o.Template != nil && string(all[1].Data) != "x" {
			t.Error("another template")
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, c := range []struct {
		system string
		o      Options
		en, zh string
	}{
		{"github", Options{}, `no system "github"`, "没有"},
		{"gitlab", Options{Set: pipelines.Values{"credentials_id": "x"}}, `gitlab has no parameter "credentials_id"`, "没有参数"},
		{"gitlab", Options{Set: pipelines.Values{"gosumdb": "off"}}, "does not match", "不符合"},
		{"gitlab", Options{Shared: "infra/yingzao/go-release"}, "no component", "不是"},
		{"gitlab", Options{Shared: "infra/yingzao@1"}, "no component", "不是"},
		{"gitlab", Options{Shared: "a/b/c@1", Legacy: true}, "before 17", "17 之前"},
		{"bkci", Options{Shared: "yingzao", Set: pipelines.Values{"publish_to": "oss://b/p,cos://c/q"}}, "keys of one cloud", "一个云"},
	} {
		c.o.Params = params(t)
		_, _, err := Files(c.system, c.o)
		if err == nil || !strings.Contains(err.Error(), c.en) || !strings.Contains(msg.In(err, msg.Chinese), c.zh) || msg.KindOf(err) != msg.Usage {
			t.Errorf("%s %+v: %v", c.system, c.o.Shared, err)
		}
	}
}

// A word that YAML reads as something else is quoted, in 1.1 as in 1.2.
func TestQuoteYAML(t *testing.T) {
	for _, s := range []string{"", "a", "true", "on", "y", "1", "1.2", "-", "/srv/x", "linux/amd64", "v1.2.3", "0x1f", "~", "a: b", "a #b", nasty, "NO", "Null", "1e3", ".inf", "=", "a,b"} {
		var got struct{ V any }
		if err := yaml.Unmarshal([]byte("v: "+quoteYAML(s)), &got); err != nil || got.V != s {
			t.Errorf("%q: %#v, %v", s, got.V, err)
		}
		var list struct{ V []string }
		if err := yaml.Unmarshal([]byte("v: ["+quoteYAML(s)+", x]"), &list); err != nil || len(list.V) != 2 || list.V[0] != s {
			t.Errorf("%q in a list: %v, %v", s, list.V, err)
		}
	}
}
