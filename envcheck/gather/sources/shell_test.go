package sources

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestShell(t *testing.T) {
	parseAll(t, Shell, []parseCase{
		{"export", "export GOPROXY=https://goproxy.cn,direct\n", []string{"1 GOPROXY=https://goproxy.cn,direct"}},
		{"quotes go and are told", "export GOPROXY=\"https://goproxy.cn|direct\"", []string{`1 GOPROXY=https://goproxy.cn|direct <export GOPROXY="https://goproxy.cn|direct">`}},
		{"unquoted pipe", "export GOPROXY=https://goproxy.cn|direct # why\n", []string{"1 GOPROXY=https://goproxy.cn <export GOPROXY=https://goproxy.cn|direct # why>"}},
		{"unquoted ampersand", "export GOPROXY=https://a.example/?x&b\n", []string{"1 GOPROXY=https://a.example/?x <export GOPROXY=https://a.example/?***>"}},
		{"unquoted blank", "export GOFLAGS=-mod=mod -trimpath", []string{"1 GOFLAGS=-mod=mod <export GOFLAGS=-mod=mod -trimpath>"}},
		{"two at once", "export GOOS=linux GOARCH=arm64", []string{"1 GOOS=linux", "1 GOARCH=arm64"}},
		{"plain is not exported", "GOPROXY=off\nPATH=/x\n", nil},
		{"plain and exported", "GOPROXY=off\nexport GOPROXY\n", []string{"1 GOPROXY=off"}},
		{"set -a", "set -a\nGOPROXY=off\n", []string{"2 GOPROXY=off"}},
		{"declare -x", "declare -x GOSUMDB=off\ntypeset -gx GOFLAGS=-v\n", []string{"1 GOSUMDB=off", "2 GOFLAGS=-v"}},
		{"before a command", "CGO_ENABLED=0 GOOS=linux go build ./...", []string{"1 CGO_ENABLED=0", "1 GOOS=linux"}},
		{"env", "sudo env GOPROXY=off go build", []string{"1 GOPROXY=off"}},
		{"go env -w", "go env -w GOPROXY=https://goproxy.cn,direct GOSUMDB='off'\n/usr/local/go/bin/go env -w GO111MODULE=on", []string{
			"1 GOPROXY=https://goproxy.cn,direct", "1 GOSUMDB=off <go env -w GOPROXY=https://goproxy.cn,direct GOSUMDB='off'>", "2 GO111MODULE=on"}},
		{"go env -w, all quoted", `go env -w "GOPROXY=a|b"`, []string{`1 GOPROXY=a|b <go env -w "GOPROXY=a|b">`}},
		{"go env -w with a pipe", "go env -w GOPROXY=https://goproxy.cn|direct", []string{"1 GOPROXY=https://goproxy.cn <go env -w GOPROXY=https://goproxy.cn|direct>"}},
		{"go env -u is no setting", "go env -u GOPROXY=x; go build -o GOPROXY=x", nil},
		{"condition", "if [ -d /opt/go ]; then\n  export GOROOT=/opt/go\nfi", []string{"2 GOROOT=/opt/go"}},
		{"on one line", "test -n x && export GOPATH=$HOME/go; export GOBIN=~/bin", []string{"1 GOPATH=$HOME/go <export GOPATH=$HOME/go>", "1 GOBIN=~/bin"}},
		{"single quotes keep the dollar", "export GOPATH='$HOME/go'", []string{"1 GOPATH=$HOME/go <export GOPATH='$HOME/go'>"}},
		{"continuation", "export GOPROXY=https://goproxy.cn,\\\ndirect\nexport GOSUMDB=off", []string{"1 GOPROXY=https://goproxy.cn,direct <export GOPROXY=https://goproxy.cn,\\\ndirect>", "3 GOSUMDB=off"}},
		{"comments", "# export GOPROXY=off\nexport GOSUMDB=off # GOPROXY=x", []string{"2 GOSUMDB=off"}},
		{"here document is no shell", "cat <<EOF\nexport GOPROXY=off\nEOF\nexport GOSUMDB=off", []string{"4 GOSUMDB=off"}},
		{"here document into a start file", "cat >> ~/.bashrc <<'EOF'\nexport GOPROXY=off\nEOF", []string{"2 GOPROXY=off"}},
		{"tee", "sudo tee -a /etc/profile.d/go.sh <<EOF\nexport GOPROXY=off\nEOF", []string{"2 GOPROXY=off"}},
		{"echo into a start file", `echo 'export GOPROXY=https://goproxy.cn,direct' >> ~/.zshrc`, []string{"1 GOPROXY=https://goproxy.cn,direct"}},
		{"echo elsewhere", `echo 'export GOPROXY=off' >> notes.txt`, nil},
		{"echo through tee", `echo "export GOPROXY=off" | sudo tee -a /etc/profile`, []string{"1 GOPROXY=off"}},
		{"sh -c", `sh -c "GOFLAGS=-v go build"`, []string{"1 GOFLAGS=-v"}},
		{"containers", "docker build --build-arg GOPROXY=off . && docker run -e CGO_ENABLED=1 --env=GOFLAGS=-v x", []string{"1 GOPROXY=off", "1 CGO_ENABLED=1", "1 GOFLAGS=-v"}},
		{"csh, launchctl", "setenv GOPROXY off\nlaunchctl setenv GOSUMDB off", []string{"1 GOPROXY=off", "2 GOSUMDB=off"}},
		{"of no interest", "export EDITOR=vi FOO=bar GOOGLE_API_KEY=1", nil},
		{"a slip", "export GOPRVATE=git.corp.example HTTP_PROXYS=x goproxy=y", []string{"1 GOPRVATE=git.corp.example", "1 HTTP_PROXYS=x", "1 goproxy=y"}},
		{"a secret", "export GO_REGISTRY_TOKEN=hunter2", []string{"1 GO_REGISTRY_TOKEN=***"}},
		{"substitution", "export GOPATH=$(go env GOPATH):`pwd` GOOS=linux", []string{"1 GOPATH=$(go env GOPATH):`pwd` <export GOPATH=$(go env GOPATH):`pwd` GOOS=linux>", "1 GOOS=linux"}},
		{"CRLF", "export GOPROXY=off\r\nexport GOSUMDB=off\r\n", []string{"1 GOPROXY=off", "2 GOSUMDB=off"}},
		{"unclosed quote", "export GOPROXY=\"off\nexport GOSUMDB=off", []string{"1 GOPROXY=off\nexport GOSUMDB=off <export GOPROXY=\"off\nexport GOSUMDB=off>"}},
	})
}

func TestFish(t *testing.T) {
	parseAll(t, Fish, []parseCase{
		{"set -x", "set -x GOPROXY https://goproxy.cn,direct\nset -gx GOSUMDB off\nset -Ux GOFLAGS -v -x", []string{"1 GOPROXY=https://goproxy.cn,direct", "2 GOSUMDB=off", "3 GOFLAGS=-v -x"}},
		{"not exported, erased", "set GOPROXY off\nset -e GOSUMDB\nset -ex GOSUMDB x\nset --export GO111MODULE on", []string{"3 GOSUMDB=x", "4 GO111MODULE=on"}},
		{"a pipe", "set -x GOPROXY a|direct", []string{"1 GOPROXY=a <set -x GOPROXY a|direct>"}},
	})
}

func TestEnvFile(t *testing.T) {
	parseAll(t, EnvFile, []parseCase{
		{"plain", "GOPROXY=off\n# GOSUMDB=off\nexport GOFLAGS=-v\n FOO=1\n", []string{"1 GOPROXY=off", "3 GOFLAGS=-v"}},
		{"quotes and comment", "GOPROXY=\"a|b\" # why\nGOSUMDB=off # no\n", []string{`1 GOPROXY=a|b <"a|b" # why>`, "2 GOSUMDB=off <off # no>"}},
		{"pipe needs no quotes here", "GOPROXY=a|b", []string{"1 GOPROXY=a|b"}},
	})
}

// TestShellLines: of start files nothing but settings is taken.
func TestShellLines(t *testing.T) {
	src := Source{Path: "x.sh", Origin: envcheck.FromShell, Data: []byte("curl -u me:hunter2 https://x.example\nexport GOPROXY=off\n")}
	r := Parse(src)
	if len(r.Files) != 1 || len(r.Files[0].Lines) != 2 || r.Files[0].Lines[1].Line != 2 || strings.Contains(r.Files[0].Lines[0].Text, "hunter2") {
		t.Errorf("lines: %+v", r.Files)
	}
	if r.Settings[0].Place != (envcheck.Place{Origin: "shell", File: "x.sh", Line: 2}) {
		t.Errorf("place: %+v", r.Settings[0].Place)
	}
	src.SettingsOnly = true
	if r := Parse(src); len(r.Files) != 0 || len(r.Settings) != 1 {
		t.Errorf("settings only: %+v", r)
	}
}
