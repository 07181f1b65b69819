package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// Who signs is read alone: what else a project asks for may be what cannot be made here.
func TestLoadSign(t *testing.T) {
	const ann = "version: 1\nrelease:\n  from: .goreleaser.yaml\n  env: [A=b]\n  sign: {key_file: ann.key, command: [./ukey, '1'], command_key: ukey.pub, sm3: true, required: true}\n"
	for _, tc := range []struct {
		name, file string
		files      map[string]string
		want       Project
		err        string
	}{
		{name: "nothing"},
		{name: "dockers", files: map[string]string{".goreleaser.yaml": "version: 2\ndockers: [{image_templates: [a]}]\n"}},
		{
			name: "over a file that is refused", files: map[string]string{".goreleaser.yaml": "version: 2\ndockers: [{image_templates: [a]}]\n", ".yingzao.yml": ann},
			want: Project{Env: []string{"A=b"}, Sign: Sign{KeyFile: "ann.key", Command: []string{"./ukey", "1"}, CommandKey: "ukey.pub", SM3: true, Required: true}},
		},
		{name: "another section", files: map[string]string{".yingzao.yaml": "version: 1\nbootstrap: {name: corp}\n"}},
		{name: "named", file: "ci.yaml", files: map[string]string{"ci.yaml": "version: 1\nrelease: {sign: {sm2_key_file: s}}\n", ".yingzao.yaml": ann}, want: Project{Sign: Sign{SM2KeyFile: "s"}}},
		{name: "named, GoReleaser's", file: ".goreleaser.yaml", files: map[string]string{".goreleaser.yaml": "version: 2\n", ".yingzao.yaml": ann}},
		{name: "named and not there", file: "ci.yaml", err: "ci.yaml"},
		{name: "misspelt", files: map[string]string{".yingzao.yaml": "version: 1\nrelease: {sign: {keyfile: a}}\n"}, err: ".yingzao.yaml:2:18"},
	} {
		dir := t.TempDir()
		for name, text := range tc.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := LoadSign(dir, tc.file)
		switch {
		case tc.err != "":
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%s: %v", tc.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case !reflect.DeepEqual(*got, tc.want):
			t.Errorf("%s: %+v", tc.name, *got)
		}
	}
}
