package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// skewed is one more file for the package time.
const skewed = `package time

import "syscall"

func skew() int64 {
	text, _ := syscall.Getenv("CLOCK_SKEW_SECONDS")
	sign, n := int64(1), int64(0)
	for _, c := range text {
		if c == '-' {
			sign = -1
			continue
		}
		n = n*10 + int64(c-'0')
	}
	return sign * n
}

var skewSeconds = skew()
`

// skewedProgram is yingzao with a clock that is wrong by CLOCK_SKEW_SECONDS. A Go
// program asks the kernel without libc, so nothing that is preloaded could do that;
// this one is compiled with another time.Now.
func skewedProgram(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(strings.TrimSpace(string(out)), "src", "time")
	source, err := os.ReadFile(filepath.Join(folder, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const line = "\nfunc Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(source), line) != 1 {
		missing(t, "a package time whose Now is known here")
	}
	dir := t.TempDir()
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(folder, "time.go"): write(t, filepath.Join(dir, "time.go"), strings.Replace(string(source), line, line+"\tsec += skewSeconds\n", 1)),
		filepath.Join(folder, "skew.go"): write(t, filepath.Join(dir, "skew.go"), skewed),
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "yingzao")
	if err := build(path, "-overlay", write(t, filepath.Join(dir, "overlay.json"), string(overlay))); err != nil {
		t.Fatal(err)
	}
	return path
}

// P24: the clock of the proxy is wrong by ten years, either way, before and after the
// cache was filled. What is cached is served; what is not is filled over plain HTTP,
// and over TLS the certificate's time is named as the trouble; and with the right
// clock again everything is as it was.
func TestP24Clock(t *testing.T) {
	if !thorough() {
		t.Skip("compiles the program once more from the standard library up: YINGZAO_E2E=1 asks for it")
	}
	other := skewedProgram(t)
	p := newProject(t, 4, 0)
	secure := mirrortest.New(t, mirrortest.Options{TLS: mirrortest.TLSGood, Modules: mirrortest.Modules{"example.com/tls@v1.0.0": {"t.go": "package t\n"}}})
	ca := write(t, filepath.Join(t.TempDir(), "ca.pem"), string(secure.CA()))
	for name, seconds := range map[string]string{"ten years ahead": "315360000", "ten years behind": "-315360000"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			cold := filepath.Join(t.TempDir(), "cache")
			s := start(t, setup{config: p.config(dir, mirrortest.OK)})
			if err := p.download(t, t.Context(), s.public); err != nil {
				t.Fatal(err)
			}
			s.stop(t)
			skew := []string{"CLOCK_SKEW_SECONDS=" + seconds}
			for what, config := range map[string]string{
				"what is cached, every mirror dead": p.config(dir, mirrortest.ServerError),
				"what is not":                       p.config(cold, mirrortest.OK),
			} {
				s := start(t, setup{program: other, env: skew, config: config})
				if year := strings.Split(strings.TrimPrefix(s.talk.String(), "time="), "-")[0]; year == time.Now().Format("2006") {
					t.Fatalf("its clock is right: %s", s.talk)
				}
				if err := p.download(t, t.Context(), s.public); err != nil {
					t.Errorf("%s: %v\n%s", what, err, s.talk)
				}
				s.stop(t)
			}
			tls := start(t, setup{program: other, env: append(skew, "SSL_CERT_FILE="+ca), config: "  mirrors: ['" + secure.URL(mirrortest.OK) + "']\n  cache: {dir: cache}\n", args: []string{"--sumdb", "off"}})
			status, body := get(t, "http://"+tls.public+"/example.com/tls/@v/v1.0.0.mod")
			if status != 503 || !strings.Contains(body+tls.talk.String(), "clock") {
				t.Errorf("over TLS: %d %s\n%s", status, body, tls.talk)
			}
			t.Logf("over TLS: %s", strings.TrimSpace(body))
			// Back in the present, on the cache of another time.
			s = start(t, setup{config: p.config(cold, mirrortest.OK)})
			if err := p.download(t, t.Context(), s.public); err != nil {
				t.Errorf("with the right clock again: %v\n%s", err, s.talk)
			}
			if status, list := get(t, "http://"+s.public+"/example.com/many/m0/@v/list"); status != 200 || strings.TrimSpace(list) != "v1.0.0" {
				t.Errorf("%d %s", status, list)
			}
			s.stop(t)
			if n := p.whole(t, cold); n != len(p.truth) {
				t.Errorf("%d of %d files", n, len(p.truth))
			}
		})
	}
}
