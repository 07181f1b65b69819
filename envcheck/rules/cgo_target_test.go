package rules

import (
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

const hostArch = runtime.GOARCH

func cgoTargetReproductions() []reproduction {
	info := func(t *testing.T, f envcheck.Finding) {
		if f.Severity != envcheck.Info {
			t.Errorf("severity %s for a variable of a job", f.Severity)
		}
	}
	return []reproduction{
		{code: "CGO010", name: "GOOS, go run", envFile: "GOOS=windows\n", files: program(startedMain),
			run: []string{"run", "."}, fails: true, says: "exec format error", finding: fixIs("GOOS", false)},
		{code: "CGO010", name: "GOARCH, go install", envFile: "GOARCH=" + foreignArch + "\n", environ: map[string]string{"GOBIN": "{home}/bin"}, files: program(startedMain),
			run: []string{"install", "."}, fails: true, says: "cannot install cross-compiled binaries when GOBIN is set", finding: fixIs("GOARCH", false)},
		{code: "CGO010", name: "in a shell start file", change: elsewhere(envcheck.FromShell, "/home/dev/.bashrc", "GOOS=windows"), finding: messageHas("GOOS=windows, but this go runs on linux")},
		{code: "CGO010", name: "in a job", environ: map[string]string{"GOARCH": foreignArch, "GITLAB_CI": "true"}, finding: info},
		{code: "CGO010", name: "the own target", clean: true, envFile: "GOARCH=" + hostArch + "\n", files: program(startedMain)},
		{code: "CGO010", name: "a matrix in a CI file", clean: true, change: elsewhere(envcheck.FromGitLab, ".gitlab-ci.yml", "GOOS=windows", "GOARCH=s390x")},
		{code: "CGO010", name: "a Dockerfile that cross-compiles", clean: true, change: elsewhere(envcheck.FromDocker, "Dockerfile", "GOARCH=s390x")},

		{code: "CGO012", name: "LoongArch as uname has it", envFile: "GOARCH=loongarch64\n", files: program(startedMain),
			run: []string{"build", "."}, fails: true, says: "unsupported GOOS/GOARCH pair linux/loongarch64", finding: fixIs("GOARCH=loong64", true)},
		{code: "CGO012", name: "x86_64", environ: map[string]string{"GOARCH": "x86_64"}, files: program(startedMain),
			run: []string{"build", "."}, fails: true, says: "unsupported GOOS/GOARCH pair linux/x86_64", finding: messageHas("Go calls it amd64")},
		{code: "CGO012", name: "in upper case", envFile: "GOARCH=AARCH64\n", files: program(startedMain), run: []string{"vet"}, fails: true, says: "unsupported GOOS/GOARCH pair", finding: fixIs("GOARCH=arm64", true)},
		{code: "CGO012", name: "macOS", envFile: "GOOS=macos\n", files: program(startedMain), run: []string{"build"}, fails: true, says: "unsupported GOOS/GOARCH pair macos/", finding: fixIs("GOOS=darwin", true)},
		{code: "CGO012", name: "nobody's", envFile: "GOARCH=sw_64\n", files: program(startedMain), run: []string{"build"}, fails: true, says: "unsupported GOOS/GOARCH pair linux/sw_64", finding: fixIs("GOARCH", true)},
		{code: "CGO012", name: "a pair that is not there", envFile: "GOOS=windows\nGOARCH=loong64\n", files: program(startedMain), run: []string{"build"}, fails: true, says: "unsupported GOOS/GOARCH pair windows/loong64",
			finding: messageHas("Go does not build for windows/loong64; for windows there are [386 amd64")},
		{code: "CGO012", name: "in a CI file", change: elsewhere(envcheck.FromGitLab, ".gitlab-ci.yml", "GOARCH=aarch64"), finding: messageHas("Go calls it arm64")},
		{code: "CGO012", clean: true, environ: map[string]string{"GOARCH": "loong64"}},
		{code: "CGO012", name: "put together", clean: true, change: elsewhere(envcheck.FromDocker, "Dockerfile", "GOARCH=$TARGETARCH", "GOOS=${TARGETOS}")},

		{code: "CGO020", environ: map[string]string{"CGO_ENABLED": "0", "GODEBUG": "netdns=go"}, files: program(resolverMain),
			run: []string{"build", "-o", "app", "."}, verify: goResolverAnyway},
		{code: "CGO020", name: "in one Dockerfile", change: elsewhere(envcheck.FromDocker, "Dockerfile", "CGO_ENABLED=0", "GODEBUG=http2client=0,netdns=go"),
			finding: func(t *testing.T, f envcheck.Finding) {
				if !strings.Contains(f.Fix.Note.EN, "the value http2client=0") {
					t.Errorf("the other word is lost: %s", f.Fix.Note.EN)
				}
			}},
		{code: "CGO020", name: "cgo is on", clean: true, environ: map[string]string{"GODEBUG": "netdns=go"}},
		{code: "CGO020", name: "another resolver", clean: true, environ: map[string]string{"CGO_ENABLED": "0", "GODEBUG": "netdns=2"}},
		{code: "CGO020", name: "in two files", clean: true, change: func(t *testing.T, s *envcheck.Snapshot) {
			elsewhere(envcheck.FromDocker, "a/Dockerfile", "CGO_ENABLED=0")(t, s)
			elsewhere(envcheck.FromDocker, "b/Dockerfile", "GODEBUG=netdns=go")(t, s)
		}},
	}
}

// goResolverAnyway starts the program without the setting, and with its
// opposite: the resolver is Go's all the same.
func goResolverAnyway(t *testing.T, w *world, _ string) {
	for godebug, want := range map[string]string{"netdns=1": "using the Go DNS resolver", "netdns=cgo+1": "ignoring GODEBUG=netdns=cgo"} {
		if out, _ := w.exec(t, []string{"GODEBUG=" + godebug}, w.app()); !strings.Contains(out, want) {
			t.Errorf("GODEBUG=%s: %q is not said: %s", godebug, want, out)
		}
	}
}

// TestTargetsAreGos compares the table with the go command's own.
func TestTargetsAreGos(t *testing.T) {
	out, err := exec.Command("go", "tool", "dist", "list", "-broken").Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.Fields(string(out))
	for _, pair := range theirs {
		os, arch, _ := strings.Cut(pair, "/")
		if !slices.Contains(targets[os], arch) {
			t.Errorf("%s is missing", pair)
		}
	}
	for os, archs := range targets {
		for _, arch := range archs {
			if pair := os + "/" + arch; !slices.Contains(theirs, pair) && pair != "windows/arm" && strings.HasPrefix(runtime.Version(), "go1.26") {
				t.Errorf("%s/%s does not exist", os, arch)
			}
		}
	}
	for key, names := range otherNames {
		for from, to := range names {
			if knownTarget(key, from) || !knownTarget(key, to) {
				t.Errorf("%s: %s → %s leads nowhere", key, from, to)
			}
		}
	}
}
