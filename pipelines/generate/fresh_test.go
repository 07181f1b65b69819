package generate

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

var update = flag.Bool("update", false, "write the generated files")

func generated(t *testing.T, more ...pipelines.Param) map[string][]byte {
	t.Helper()
	params, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(append(params, more...))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What is committed is what follows from params.yaml.
func TestFresh(t *testing.T) {
	for name, want := range generated(t) {
		path := filepath.Join("..", filepath.FromSlash(name))
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("pipelines/%s is not what params.yaml gives (%v): run go generate ./pipelines/...", name, err)
		}
	}
}

// A new parameter reaches every file that a system reads or a person looks up.
func TestPlantedParameterReachesEveryFile(t *testing.T) {
	planted := pipelines.Param{Name: "planted_word", Type: pipelines.String, Text: msg.Text{EN: "A planted sentence.", ZH: "埋下的一句话。"}}
	for name, text := range generated(t, planted) {
		found := strings.HasSuffix(name, "/install.sh") // it reads four of them, and no list
		for _, spelling := range []string{planted.Name, planted.Flag(), planted.Camel(), planted.Variable()} {
			found = found || strings.Contains(string(text), spelling)
		}
		if !found {
			t.Errorf("pipelines/%s does not know a new parameter", name)
		}
	}
}

// A parameter of one system alone is in no other's files.
func TestParameterOfOneSystem(t *testing.T) {
	for _, system := range pipelines.Systems() {
		planted := pipelines.Param{Name: "planted_word", Only: []string{system}, Text: msg.Text{EN: "A planted sentence.", ZH: "埋下的一句话。"}}
		for name, text := range generated(t, planted) {
			folder, _, _ := strings.Cut(name, "/")
			if has := strings.Contains(string(text), "planted_word") || strings.Contains(string(text), "plantedWord"); has && folder != system && strings.Contains(name, "/") {
				t.Errorf("pipelines/%s has a parameter of %s alone", name, system)
			}
		}
	}
}
