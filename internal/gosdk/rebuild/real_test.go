package rebuild

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A real build takes 7 to 20 minutes, so it is asked for by name:
//
//	YINGZAO_SDK_BUILD=arm64 YINGZAO_SDK_WANT=h1:… YINGZAO_SDK_TO=DIR go test -run TestRealBuild -timeout 2h -v ./internal/gosdk/rebuild
func TestRealBuild(t *testing.T) {
	arch := os.Getenv("YINGZAO_SDK_BUILD")
	if arch == "" {
		t.Skip("builds a whole Go SDK: set YINGZAO_SDK_BUILD to a GOARCH")
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	to := os.Getenv("YINGZAO_SDK_TO")
	if to == "" {
		to = t.TempDir()
	}
	o := Options{GOROOT: strings.TrimSpace(string(goroot)), GOARCH: arch, To: to, Environ: os.Environ(), Log: func(line string) { t.Log(line) }}
	want := os.Getenv("YINGZAO_SDK_WANT")
	if want == "" {
		want = "h1:unknown"
	}
	v, err := Verify(t.Context(), VerifyOptions{Options: o, Want: want})
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", out)
	if os.Getenv("YINGZAO_SDK_WANT") != "" && !v.Same {
		t.Errorf("h1 %s, want %s", v.H1, want)
	}
}
