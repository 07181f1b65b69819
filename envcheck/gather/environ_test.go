package gather

import (
	"slices"
	"testing"
)

func TestEnviron(t *testing.T) {
	t.Parallel()
	got := Environ([]string{
		"GOPROXY=https://me:pw@goproxy.corp.example", "https_proxy=http://me:pw@proxy.example:3128", "No_Proxy=x", "GOFLAGS=", "GOPRVATE=git.corp.example", "CGO_LDFLAGS=-lx", "CC=gcc", "HOME=/home/dev", "PATH=/bin",
		"GO_TOKEN=CANARY", "GOPROXY_PASSWORD=CANARY", "GIT_SSH_COMMAND=ssh -x", "GIT_CONFIG_VALUE_0=AUTHORIZATION: basic CANARY", "GIT_CONFIG_PARAMETERS='http.extraheader=CANARY'", "GIT_TOKEN=CANARY", "GIT_URL=https://x:CANARY@git.corp.example/a",
		"CI=true", "CI_PROJECT_DIR=/builds/a", "CI_JOB_TOKEN=CANARY", "CI_REPOSITORY_URL=https://gitlab-ci-token:CANARY@git.corp.example/a.git", "JENKINS_URL=https://x:CANARY@ci.example/", "BK_CI_PIPELINE_NAME=x", "BK_CI_API_KEY=CANARY",
		"SSL_CERT_FILE=/x", "LC_ALL=C", "LS_COLORS=x", "AWS_SECRET_ACCESS_KEY=CANARY", "GOOGLE_APPLICATION_CREDENTIALS=CANARY", "DATABASE_URL=CANARY", "broken", "=C:=x",
	})
	want := []string{
		"GOPROXY=https://me:pw@goproxy.corp.example", "https_proxy=http://me:pw@proxy.example:3128", "No_Proxy=x", "GOFLAGS=", "GOPRVATE=git.corp.example", "CGO_LDFLAGS=-lx", "CC=gcc", "HOME=/home/dev", "PATH=/bin",
		"GO_TOKEN=***", "GOPROXY_PASSWORD=***", "GIT_SSH_COMMAND=ssh -x", "GIT_CONFIG_VALUE_0=***", "GIT_CONFIG_PARAMETERS=***", "GIT_TOKEN=***", "GIT_URL=https://***@git.corp.example/a",
		"CI=true", "CI_PROJECT_DIR=/builds/a", "JENKINS_URL=https://***@ci.example/", "BK_CI_PIPELINE_NAME=x", "BK_CI_API_KEY=***",
		"SSL_CERT_FILE=/x", "LC_ALL=C",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
