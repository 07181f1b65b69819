package gather

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSecrets plants a canary wherever secrets are met. The snapshot holds only
// those that stand in settings which rules have to judge; the report masks them.
func TestSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t,
		"GOPROXY=https://me:CANARYgoproxy@goproxy.corp.example", "HTTPS_PROXY=http://me:CANARYproxy@proxy.example:3128", "GO_TOKEN=CANARY1", "GITHUB_TOKEN=CANARY2", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraheader", "GIT_CONFIG_VALUE_0=Authorization: basic CANARY3",
		"CI_JOB_TOKEN=CANARY4", "JENKINS_URL=https://x:CANARY5@ci.example", "BK_CI_PASSWORD=CANARY6", "AWS_SECRET_ACCESS_KEY=CANARY7", "GITLAB_URL=https://x:CANARY8@git.corp.example")
	w.envFile("GOSUMDB=sum.golang.org https://me:CANARYenvfile@sum.corp.example\n")
	w.write(filepath.Join(w.home, ".netrc"), "machine git.corp.example login me password CANARY9\nmachine x.example login a password \"CANARY10 machine CANARY11\"\n")
	w.write(filepath.Join(w.home, ".gitconfig"), "[url \"https://oauth2:CANARY12@git.corp.example/\"]\n\tinsteadOf = https://git.corp.example/\n[http]\n\textraHeader = AUTHORIZATION: basic CANARY13\n[credential]\n\thelper = \"!echo password=CANARY14\"\n[http \"https://a:CANARY15@x.example\"]\n\tproxy = http://b:CANARY16@proxy.example\n")
	w.write(filepath.Join(w.home, ".bashrc"), "export GITLAB_TOKEN=CANARY17\nexport GOPRIVATE=\"git.corp.example\" API_TOKEN=CANARY18\nexport GOPROXY=https://me:CANARYshell@goproxy.corp.example\n")
	w.write("Dockerfile", "FROM golang\nARG NPM_TOKEN=CANARY19\nRUN git config --global url.https://x:CANARY20@git.corp.example/.insteadOf https://git.corp.example/\nRUN echo machine git.corp.example login ci password CANARY21 > ~/.netrc\n")
	w.write(".gitlab-ci.yml", "variables:\n  DEPLOY_PASSWORD: CANARY22\nt:\n  script:\n    - 'curl -H \"PRIVATE-TOKEN: CANARY23\" https://git.corp.example'\n    - docker login -u ci -p CANARY24 reg.example\n")
	w.write("Jenkinsfile", "environment { SECRET_KEY = 'CANARY25' }\nsh 'curl -u ci:CANARY26 https://x.example'\n")
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "https://me:CANARY27@git.corp.example/a.git"}} {
		cmd := exec.Command(tool(t, "git"), args...)
		cmd.Dir, cmd.Env = w.dir, []string{"HOME=" + t.TempDir(), "PATH=/usr/bin:/bin"}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git: %s", out)
		}
	}
	s := w.look()
	s.EnvFile.Data = []byte(strings.ReplaceAll(string(s.EnvFile.Data), "CANARYenvfile", "known")) // []byte is base64 in JSON: looked at by itself
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"CANARYgoproxy", "CANARYproxy", "CANARYshell", "CANARYenvfile"}
	for _, line := range strings.Split(string(b), "\n") {
		for _, c := range regexp.MustCompile(`CANARY\w*`).FindAllString(line, -1) {
			if !slices.Contains(allowed, c) {
				t.Errorf("%s stands in %s", c, strings.TrimSpace(line))
			}
		}
	}
	if !strings.Contains(string(b), "CANARYgoproxy") || !strings.Contains(string(b), "CANARYshell") || len(s.Git.Config) < 4 || len(s.CIFiles) != 3 {
		t.Errorf("not everything was read: the test proves nothing\n%s", b)
	}
}
