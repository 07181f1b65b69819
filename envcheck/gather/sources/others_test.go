package sources

import (
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestJenkins(t *testing.T) {
	parseAll(t, Jenkins, []parseCase{
		{"declarative", "pipeline {\n  agent any\n  // GOFLAGS = 'x'\n  environment {\n    GOPROXY = 'https://goproxy.cn,direct'\n    GOSUMDB = \"off\" /* no */\n    GO_TOKEN = credentials('id')\n  }\n  stages { stage('x') { environment { CGO_ENABLED = '0' } steps { sh 'GOOS=linux go build' } } }\n}\n", []string{
			"5 GOPROXY=https://goproxy.cn,direct", "6 GOSUMDB=off", "9 CGO_ENABLED=0", "9 GOOS=linux"}},
		{"scripted", "node {\n  withEnv(['GOPROXY=off', \"GOFLAGS=-v\",\n    'X=1']) {\n    sh '''\n      export GOSUMDB=off\n    '''\n    sh(script: \"go env -w GO111MODULE=on\", returnStdout: true)\n  }\n  env.GOBIN = '/x'\n}\n", []string{
			"2 GOPROXY=off", "2 GOFLAGS=-v", "5 GOSUMDB=off", "7 GO111MODULE=on", "9 GOBIN=/x"}},
		{"bat, powershell", "bat 'set GOPROXY=off'\npowershell '$env:GOSUMDB = \"off\"'", []string{"1 GOPROXY=off", "2 GOSUMDB=off <\"off\">"}},
		{"outside of environment", "def GOPROXY = 'x'\nGOFLAGS = 'y'", nil},
		{"unclosed", "environment { GOPROXY = 'off\n GOSUMDB = 'off'", []string{"1 GOPROXY=off", "2 GOSUMDB=off"}},
	})
}

func TestBatch(t *testing.T) {
	parseAll(t, Batch, []parseCase{
		{"set", "@echo off\r\nset GOPROXY=https://goproxy.cn,direct\r\nrem set GOSUMDB=off\r\n:: set GOSUMDB=off\r\n", []string{"2 GOPROXY=https://goproxy.cn,direct"}},
		{"the space before &&", "set GOPRIVATE=git.corp.example && go build", []string{"1 GOPRIVATE=git.corp.example "}},
		{"quotes stay", `set GOPROXY="https://goproxy.cn"`, []string{`1 GOPROXY="https://goproxy.cn" <set GOPROXY="https://goproxy.cn">`}},
		{"quotes around all go", `set "GOPRIVATE=git.corp.example" && go build`, []string{`1 GOPRIVATE=git.corp.example <set "GOPRIVATE=git.corp.example" && go build>`}},
		{"a pipe", "set GOPROXY=https://goproxy.cn|direct", []string{"1 GOPROXY=https://goproxy.cn <set GOPROXY=https://goproxy.cn|direct>"}},
		{"a pipe with a caret", "set GOPROXY=https://goproxy.cn^|direct", []string{"1 GOPROXY=https://goproxy.cn|direct <set GOPROXY=https://goproxy.cn^|direct>"}},
		{"setx, go env", "setx GOPROXY \"a|b\" /M\ngo.exe env -w GOSUMDB=off\nsetx /M X y", []string{`1 GOPROXY=a|b <"a|b">`, "2 GOSUMDB=off"}},
		{"in a block", "if x==x (set GOOS=linux)", nil},
	})
}

func TestPowerShell(t *testing.T) {
	parseAll(t, PowerShell, []parseCase{
		{"env:", "$env:GOPROXY = 'https://goproxy.cn,direct'\n$Env:GOSUMDB=\"off\"; go build\n# $env:GOFLAGS = 'x'\n<#\n$env:GOFLAGS = 'x'\n#>\n", []string{
			"1 GOPROXY=https://goproxy.cn,direct <'https://goproxy.cn,direct'>", `2 GOSUMDB=off <"off">`}},
		{"long spellings", "[Environment]::SetEnvironmentVariable(\"GOPROXY\", \"a|b\", \"User\")\nSet-Item -Path Env:GOFLAGS -Value -v\ngo env -w GOSUMDB=off", []string{
			`1 GOPROXY=a|b <"a|b">`, "2 GOFLAGS=-v", "3 GOSUMDB=off"}},
	})
	units := utf16.Encode([]rune("\ufeff$env:GOPROXY = 'off'\r\n"))
	var data []byte
	for _, u := range units {
		data = append(data, byte(u), byte(u>>8))
	}
	if got := lines(Parse(Source{Path: "x.ps1", Data: data})); !slices.Equal(got, []string{"1 GOPROXY=off <'off'>"}) {
		t.Errorf("UTF-16: %q", got)
	}
}

func TestMarkdown(t *testing.T) {
	text := "# 标题\n\n```bash\nexport GOPROXY=https://goproxy.cn,direct\n$ not a prompt\n```\n\nGOFLAGS=ignored in prose\n\n" +
		"1. list\n\n   ```console\n   $ go env -w GOSUMDB=off\n   GOSUMDB=output\n   ```\n\n~~~yaml\ncache:\nkey: x\npaths:\n  - $HOME/go/pkg/mod/\n~~~\n\n" +
		"```go\nGOOS := \"x\" // export GOOS=x\n```\n\n```\nFROM golang\nENV GOROOT=/x\n```\n\n```powershell\nPS C:\\> $env:GO111MODULE = 'on'\n```\n\n```sh\nexport GOBIN=/never/closed\n"
	r := Parse(Source{Path: "article.md", Data: []byte(text)})
	want := []string{"13 GOSUMDB=off", "30 GOROOT=/x", "34 GO111MODULE=on <'on'>", "38 GOBIN=/never/closed"}
	if got := lines(r); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	i := slices.IndexFunc(r.Files, func(f envcheck.CIFile) bool { return f.Kind == envcheck.FromGitLab })
	if i < 0 || !slices.Equal(r.Files[i].Caches, []envcheck.CIPath{{Path: "$HOME/go/pkg/mod/", Line: 21}}) {
		t.Errorf("caches: %+v", r.Files)
	}
	r = Parse(Source{Path: "article.md", Data: []byte("```bash\nexport GOPROXY=a\n```\n\n```dockerfile\nENV GOSUMDB=off\n```\n")})
	if r.Settings[0].Place.Origin != envcheck.FromScript || r.Settings[1].Place.Origin != envcheck.FromDocker {
		t.Errorf("origins: %+v", r.Settings)
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Kind
	}{
		{"Dockerfile", "", Dockerfile}, {"a/Dockerfile.build", "", Dockerfile}, {"x.Dockerfile", "", Dockerfile}, {"Containerfile", "", Dockerfile},
		{".gitlab-ci.yml", "", GitLab}, {"Jenkinsfile", "", Jenkins}, {".env", "", EnvFile}, {".env.local", "", EnvFile}, {".envrc", "", Shell},
		{"a.sh", "", Shell}, {"config.fish", "", Fish}, {`C:\x\a.CMD`, "", Batch}, {"a.ps1", "", PowerShell}, {"README.md", "", Markdown}, {"/home/dev/.config/go/env", "", EnvFile},
		{"x", "#!/usr/bin/fish\n", Fish}, {"x", "#!/bin/sh\n", Shell}, {"x", "# c\nFROM golang\n", Dockerfile}, {"x", "variables:\n  a: b\n", GitLab},
		{"x", "$env:A = 'b'", PowerShell}, {"x", "@echo off\r\n", Batch}, {"x", "set GOPROXY=a\n", Batch}, {"x", "pipeline {\n", Jenkins},
		{"x", "GOPROXY=a\nGOSUMDB=b\n", EnvFile}, {"x", "export GOPROXY=a\n", Shell}, {"x", "GOOS=linux go build\nls\n", Shell}, {"x", "", Shell},
	} {
		if got := KindOf(c.name, []byte(c.text)); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.name, c.text, got, c.want)
		}
	}
}
