package generate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// The library carries the script that every system's jobs begin with.
func TestFreshJenkinsInstall(t *testing.T) {
	path := filepath.Join("..", "jenkins", "resources", "yingzao", "install.sh")
	if *update {
		if err := os.WriteFile(path, []byte(Install), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != Install {
		t.Errorf("%s is not install.sh (%v): run go generate ./pipelines/...", path, err)
	}
}

func TestJenkinsForms(t *testing.T) {
	for _, c := range []struct {
		p    pipelines.Param
		want string
	}{
		{pipelines.Param{Type: pipelines.String}, "'…'"},
		{pipelines.Param{Type: pipelines.String, Default: `it's \n`}, `'…' = 'it\'s \\n'`},
		{pipelines.Param{Type: pipelines.Bool, Default: "false"}, "true | false = false"},
		{pipelines.Param{Type: pipelines.Enum, Values: []string{"tag", "always"}, Default: "tag"}, "'tag' | 'always' = 'tag'"},
		{pipelines.Param{Type: pipelines.List}, "['…', '…']"},
		{pipelines.Param{Type: pipelines.List, Pattern: "[a-z]+=.+"}, "['…': '…']"},
		{pipelines.Param{Type: pipelines.List, Default: "a", Defaults: map[string]string{"jenkins": "b"}}, "['…', '…'] = 'b'"},
	} {
		if got := jenkinsForm(c.p); got != c.want {
			t.Errorf("%+v: %s, want %s", c.p, got, c.want)
		}
	}
}

// Each step's help has what the step reads, and nothing of other systems.
func TestJenkinsHelp(t *testing.T) {
	text := msg.Text{EN: "A sentence.", ZH: "一句话。"}
	files, err := jenkins([]pipelines.Param{
		{Name: "of_all", Text: text},
		{Name: "of_check", Stages: []string{"check"}, Text: text},
		{Name: "of_publish", Stages: []string{"publish"}, Text: text},
		{Name: "of_gitlab", Only: []string{"gitlab"}, Text: text},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"jenkins/vars/goRelease.txt":           "ofAll ofCheck ofPublish",
		"jenkins/vars/goEnvCheck.txt":          "ofAll ofCheck",
		"jenkins/src/dev/yingzao/Known.groovy": "ofAll ofCheck ofPublish",
	} {
		var got []string
		for _, spelling := range []string{"ofAll", "ofCheck", "ofPublish", "ofGitlab"} {
			if strings.Contains(string(files[name]), "\n"+spelling+": ") || strings.Contains(string(files[name]), "  "+spelling+": 'YINGZAO_") {
				got = append(got, spelling)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s has %v, want %s", name, got, want)
		}
	}
}
