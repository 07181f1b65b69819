package release

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestReadMetadata(t *testing.T) {
	file := filepath.Join(t.TempDir(), "metadata.json")
	for content, want := range map[string]string{
		`{"project_name":"tool","tag":"v0.4.2","version":"0.4.2","runtime":{"goos":"linux","goarch":"amd64"}}`: "tool 0.4.2",
		`{"project_name":"tool","version":"0.0.1-SNAPSHOT-abc"}`:                                               "tool 0.0.1-SNAPSHOT-abc",
		`{"project_name":"../tool","version":"0.4.2"}`:                                                         "path separator",
		`{"project_name":"tool"}`: "it is empty",
		`{`:                       "unexpected end",
		``:                        "unexpected end",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		project, version, err := ReadMetadata(file)
		if err != nil {
			if !strings.Contains(err.Error(), want) || msg.Hint(err).IsZero() {
				t.Errorf("%s: %v, hint %v; want %s", content, err, msg.Hint(err), want)
			}
			continue
		}
		if got := project + " " + version; got != want {
			t.Errorf("%s: %s, want %s", content, got, want)
		}
	}
	if _, _, err := ReadMetadata(file + ".none"); err == nil || msg.Hint(err).IsZero() {
		t.Errorf("%v", err)
	}
}

func FuzzReadMetadata(f *testing.F) {
	f.Add([]byte(`{"project_name":"tool","version":"0.4.2"}`))
	f.Add([]byte(`{"project_name":"..","version":"a/b"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), "metadata.json")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		project, version, err := ReadMetadata(file)
		if err == nil && (manifest.CheckName("project", project) != nil || manifest.CheckName("version", version) != nil) {
			t.Errorf("accepted %q %q", project, version)
		}
	})
}
