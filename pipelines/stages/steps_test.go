package stages

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/pipelines"
)

func values(t *testing.T, set pipelines.Values) pipelines.Values {
	t.Helper()
	params, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	v, err := pipelines.Resolve(params, set, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var job = Job{
	Exists:  func(string) bool { return false },
	Targets: func() ([]string, error) { return []string{"linux/amd64", "linux/loong64-abi1.0"}, nil },
	Abs:     func(name string) string { return "/ci/" + name },
}

func lines(t *testing.T, stage string, v pipelines.Values, j Job) string {
	t.Helper()
	all, err := Steps(stage, v, j)
	if err != nil {
		t.Fatalf("%s: %v", stage, err)
	}
	var b strings.Builder
	for _, s := range all {
		b.WriteString(s.Line() + "\n")
	}
	return b.String()
}

func TestSteps(t *testing.T) {
	tagged := job
	tagged.CI.Tag = "v1.2.3"
	inFolder := job
	inFolder.CI.Tag = "api/v1.2.3"
	vendored := job
	vendored.Exists = func(name string) bool { return name == "sub/vendor/modules.txt" }
	for _, c := range []struct {
		stage string
		set   pipelines.Values
		job   Job
		want  string
	}{
		{"check", nil, job, `yingzao check --profile ci --fail-on error --report junit=dist/reports/check.junit.xml --report codequality=dist/reports/check.codequality.json .
`},
		{"prefetch", nil, job, `go -C . mod download -modcacherw
go -C . mod verify
yingzao release plan --dir . --out dist/plan.json --snapshot
`},
		{"prefetch", pipelines.Values{"targets": "linux/arm64,linux/amd64/v2", "goroot": "/opt/go 1", "config": "r.yaml"}, tagged, `go -C . mod download -modcacherw
go -C . mod verify
yingzao release plan --dir . --out dist/plan.json --config r.yaml --target linux/arm64 --target linux/amd64/v2 --version 1.2.3 --goroot '/opt/go 1'
`},
		{"prefetch", pipelines.Values{"version": "2.0.0", "dir": "sub"}, vendored, `yingzao release plan --dir sub --out sub/dist/plan.json --version 2.0.0
`},
		{"prefetch", pipelines.Values{"offline": "true"}, job, `yingzao release plan --dir . --out dist/plan.json --snapshot --offline
`},
		{"build", nil, job, `go -C . mod download -modcacherw
yingzao release build --dir . --plan dist/plan.json --target linux/amd64 --part dist/parts/linux_amd64
yingzao release build --dir . --plan dist/plan.json --target linux/loong64-abi1.0 --part dist/parts/linux_loong64-abi1.0
`},
		{"build", pipelines.Values{"target": "linux/arm64"}, job, `go -C . mod download -modcacherw
yingzao release build --dir . --plan dist/plan.json --target linux/arm64 --part dist/parts/linux_arm64
`},
		{"verify", nil, job, ``},
		{"verify", pipelines.Values{"reproduce": "linux/amd64"}, job, `go -C . mod download -modcacherw
yingzao release build --dir . --plan dist/plan.json --target linux/amd64 --part dist/again/linux_amd64
`},
		{"merge", nil, job, "yingzao release merge --dir . --plan dist/plan.json\n"},
		{"merge", pipelines.Values{"reproduce": "linux/amd64"}, job, `yingzao release merge --dir . --plan dist/plan.json dist/parts/linux_amd64 dist/parts/linux_loong64-abi1.0 dist/again/linux_amd64
`},
		{"publish", nil, tagged, ``},
		{"publish", pipelines.Values{"publish_to": "/srv/dl", "dir": "web"}, inFolder, ``},
		{"publish", pipelines.Values{"publish_to": "/srv/dl", "dir": "./api/"}, inFolder, `yingzao release publish --dir api --from api/dist --to /srv/dl --report dotenv=api/dist/reports/publish.env --report links=api/dist/reports/links.json
yingzao release verify /srv/dl
`},
		{"prefetch", pipelines.Values{"dir": "api", "offline": "true"}, inFolder, `yingzao release plan --dir api --out api/dist/plan.json --version 1.2.3 --offline
`},
		{"prefetch", pipelines.Values{"dir": "web", "offline": "true"}, inFolder, `yingzao release plan --dir web --out web/dist/plan.json --snapshot --offline
`},
		{"publish", pipelines.Values{"publish_to": "oss://b/p"}, job, ``},
		{"publish", pipelines.Values{"publish_to": "oss://b/p", "publish_when": "never"}, tagged, ``},
		{"publish", pipelines.Values{"publish_to": "oss://b/p?region=cn-beijing,/srv/dl", "base_url": "https://dl.example.cn"}, tagged, `yingzao release publish --dir . --from dist --to 'oss://b/p?region=cn-beijing' --to /srv/dl --base-url https://dl.example.cn --report dotenv=dist/reports/publish.env --report links=dist/reports/links.json
yingzao release verify 'oss://b/p?region=cn-beijing'
yingzao release verify /srv/dl
`},
	} {
		if got := lines(t, c.stage, values(t, c.set), c.job); got != c.want {
			t.Errorf("%s %v:\n%s\nwant:\n%s", c.stage, c.set, got, c.want)
		}
	}
}

func TestStepsRefuse(t *testing.T) {
	if _, err := Steps("deploy", values(t, nil), job); err == nil {
		t.Error("an unknown stage was taken")
	}
	if _, err := Steps("merge", values(t, pipelines.Values{"reproduce": "linux/arm64"}), job); err == nil {
		t.Error("a target that nobody builds shall be reproduced")
	}
	planless := job
	planless.Targets = func() ([]string, error) { return nil, errors.New("no plan") }
	if _, err := Steps("build", values(t, nil), planless); err == nil {
		t.Error("no plan, no error")
	}
}

func TestEnvironment(t *testing.T) {
	token := func(k string) string { return map[string]string{TokenVariable: "eyJ"}[k] }
	v := values(t, pipelines.Values{"goproxy": "https://goproxy.cn", "publish_to": "oss://b/p,cos://c-1/p", "oidc_role": "role", "oidc_provider": "idp"})
	env := Environment("publish", v, job, token)
	for name, want := range map[string]string{
		"GOMODCACHE": "/ci/.cache/yingzao/mod", "GOCACHE": "/ci/.cache/yingzao/build", "GOPROXY": "https://goproxy.cn",
		"ALIBABA_CLOUD_ROLE_ARN": "role", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "idp", "ALIBABA_CLOUD_OIDC_TOKEN": "eyJ",
		"TKE_ROLE_ARN": "role", "TKE_PROVIDER_ID": "idp", "TKE_WEB_IDENTITY_TOKEN": "eyJ",
	} {
		if env[name] != want {
			t.Errorf("%s = %q, want %q", name, env[name], want)
		}
	}
	if _, ok := env["GOSUMDB"]; ok {
		t.Error("GOSUMDB is set though nobody asked")
	}
	if env := Environment("check", v, job, token); env["GOCACHE"] != "" || env["GOPROXY"] == "" {
		t.Errorf("check judges our own caches: %v", env)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want CI
	}{
		{nil, CI{}},
		{map[string]string{"GITLAB_CI": "true", "CI_COMMIT_TAG": "v1"}, CI{"gitlab", "v1"}},
		{map[string]string{"CI_COMMIT_SHA": "abc"}, CI{"gitlab", ""}},
		{map[string]string{"JENKINS_URL": "https://j.example", "TAG_NAME": "v2"}, CI{"jenkins", "v2"}},
		{map[string]string{"BK_CI_PIPELINE_ID": "p-1"}, CI{"bkci", ""}},
	} {
		if got := Detect(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %v, want %v", c.env, got, c.want)
		}
	}
}

func TestPublished(t *testing.T) {
	p := Published{Project: "app", Version: "1.0.0", URL: "https://dl.example.cn/app/1.0.0/", Page: "https://dl.example.cn/app/index.html", Files: []string{"SHA256SUMS", "app_1.0.0_linux_amd64.tar.gz"}}
	var env, links bytes.Buffer
	if err := errors.Join(p.Write("dotenv", &env), p.Write("links", &links)); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(env.String()), "\n") {
		if name, _, ok := strings.Cut(line, "="); !ok || !strings.HasPrefix(name, "YINGZAO_") {
			t.Errorf("no assignment: %s", line)
		}
	}
	if !strings.Contains(env.String(), "YINGZAO_SHA256SUMS_URL=https://dl.example.cn/app/1.0.0/SHA256SUMS\n") {
		t.Error(env.String())
	}
	var list []map[string]string
	if err := json.Unmarshal(links.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0]["link_type"] != "other" || list[1]["link_type"] != "package" || list[1]["url"] != "https://dl.example.cn/app/1.0.0/app_1.0.0_linux_amd64.tar.gz" {
		t.Error(list)
	}
}
