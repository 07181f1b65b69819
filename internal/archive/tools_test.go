package archive

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// What people will really open the archives with.
func TestToolsReadWhatWeWrite(t *testing.T) {
	for _, tc := range []struct {
		format Format
		needs  []string
		argv   []string
	}{
		{TarGz, []string{"tar", "gzip"}, []string{"tar", "-xf"}},
		{TarZst, []string{"tar", "zstd"}, []string{"tar", "-xf"}},
		{TarXz, []string{"tar", "xz"}, []string{"tar", "-xf"}},
		{Tar, []string{"tar"}, []string{"tar", "-xf"}},
		{Zip, []string{"unzip"}, []string{"unzip", "-q"}},
	} {
		t.Run(string(tc.format), func(t *testing.T) {
			for _, tool := range tc.needs {
				_, err := exec.LookPath(tool)
				need(t, err == nil, tool)
			}
			dir := t.TempDir()
			archive := filepath.Join(dir, "sample"+tc.format.Ext())
			if err := os.WriteFile(archive, pack(t, tc.format, sample()), 0o644); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, "out")
			if err := os.Mkdir(out, 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(tc.argv[0], append(tc.argv[1:], archive)...)
			cmd.Dir = out
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
			if msg, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, msg)
			}
			got, modes := treeOf(t, out)
			if !maps.Equal(got, contents(t, sample())) || modes["bin/demo"]&0o111 == 0 {
				t.Errorf("%s reads something else: %v", tc.argv[0], modes)
			}
		})
	}
}
