package gosdk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The official text names a host that is not ours to write down, so it is taken
// from the Go that runs the tests.
func TestRestoreGoEnv(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(realGoroot(t), "go.env"))
	if err != nil {
		t.Skip(err)
	}
	b, ok := RestoreGoEnv(text)
	if !ok {
		t.Skip("the go.env of this Go is beyond repair")
	}
	official := string(b)
	if sumOf(official) != officialGoEnv[0] || len(goEnvChanges(official)) > 0 {
		t.Fatalf("not the official text: %q", official)
	}
	line := func(name string) string {
		_, rest, _ := strings.Cut(official, "\n"+name+"=")
		value, _, _ := strings.Cut(rest, "\n")
		return name + "=" + value + "\n"
	}
	for name, edited := range map[string]string{
		"as released": official,
		"toolchain":   strings.Replace(official, line("GOTOOLCHAIN"), "GOTOOLCHAIN=local\n", 1),
		"all":         strings.NewReplacer(line("GOTOOLCHAIN"), "GOTOOLCHAIN=\n", line("GOSUMDB"), "GOSUMDB=sum.golang.google.cn\n", line("GOPROXY"), "GOPROXY=https://goproxy.cn,direct\n").Replace(official),
		"added":       official + "GOFLAGS=-mod=mod\nGOPRIVATE=*.corp.example",
		"twice":       official + "GOTOOLCHAIN=local\n",
		"CRLF":        strings.Replace(official, line("GOSUMDB"), "GOSUMDB=sum.golang.org\r\n", 1),
	} {
		if got, ok := RestoreGoEnv([]byte(edited)); !ok || string(got) != official {
			t.Errorf("%s: %v, %q", name, ok, got)
		}
	}
	for name, edited := range map[string]string{
		"empty":         "",
		"comment":       official + "# ours\n",
		"gone":          strings.Replace(official, line("GOSUMDB"), "", 1),
		"no comments":   line("GOPROXY") + line("GOSUMDB") + line("GOTOOLCHAIN"),
		"other address": strings.ReplaceAll(official, "https://", "https://evil."),
	} {
		if got, ok := RestoreGoEnv([]byte(edited)); ok {
			t.Errorf("%s was restored: %q", name, got)
		}
	}
}
