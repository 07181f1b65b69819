package target

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestParseIsCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"linux/amd64":            "linux/amd64",
		"linux/amd64/v1":         "linux/amd64",
		"linux/amd64/v2":         "linux/amd64/v2",
		"linux/arm64/v8.0":       "linux/arm64",
		"linux/arm64/v8.2,lse":   "linux/arm64/v8.2,lse",
		"linux/arm":              "linux/arm/7",
		"linux/arm/6":            "linux/arm/6",
		"linux/loong64":          "linux/loong64",
		"linux/loong64-abi1.0":   "linux/loong64-abi1.0",
		"linux/386/softfloat":    "linux/386/softfloat",
		"linux/mips64le":         "linux/mips64le",
		"linux/riscv64/rva20u64": "linux/riscv64",
	} {
		got, err := Parse(in)
		if err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", in, got, err, want)
			continue
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Errorf("Parse(%q) again = %v, %v", got, again, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for in, hint := range map[string]string{
		"linux":                   "for example",
		"linux/":                  "for example",
		"linux/amd64/v1/x":        "for example",
		"linux/loong65":           "loong64",
		"linux/loongarch64":       "loong64",
		"linux/x86_64":            "amd64",
		"linux/aarch64":           "arm64",
		"linus/amd64":             "linux",
		"macos/arm64":             "darwin",
		"darwin/loong64":          "go tool dist list",
		"windows/loong64-abi1.0":  "",
		"linux/amd64-abi1.0":      "",
		"linux/amd64/v9":          "v1, v2, v3, v4",
		"linux/loong64/v1":        "no levels",
		"linux/arm64/v8.2,turbo":  "GOARM64",
		"linux/arm64-abi1.0/v8.2": "",
	} {
		got, err := Parse(in)
		if err == nil {
			t.Errorf("Parse(%q) = %v, want an error", in, got)
			continue
		}
		if h := msg.Hint(err).EN; !strings.Contains(h, hint) {
			t.Errorf("Parse(%q): %v, hint %q lacks %q", in, err, h, hint)
		}
		for _, text := range []string{err.Error(), msg.In(err, msg.Chinese), msg.Hint(err).EN, msg.Hint(err).ZH} {
			if text == "" || strings.Contains(text, "%!") {
				t.Errorf("Parse(%q): badly formatted or missing: %q", in, text)
			}
		}
		if msg.KindOf(err) != msg.Usage {
			t.Errorf("Parse(%q): not a usage error", in)
		}
	}
}

func TestEnvAndNames(t *testing.T) {
	for in, want := range map[string]string{
		"linux/amd64":          "GOOS=linux GOARCH=amd64 GOAMD64=v1",
		"linux/arm64/v8.2,lse": "GOOS=linux GOARCH=arm64 GOARM64=v8.2,lse",
		"linux/loong64-abi1.0": "GOOS=linux GOARCH=loong64",
		"windows/386":          "GOOS=windows GOARCH=386 GO386=sse2",
	} {
		tt, err := Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(tt.Env(), " "); got != want {
			t.Errorf("%s: env %q, want %q", in, got, want)
		}
	}
	tt, _ := Parse("linux/arm64/v8.2,lse")
	if got := tt.Slug(); got != "linux_arm64_v8.2-lse" {
		t.Errorf("slug %q", got)
	}
}

// The table of ports is held against the go command itself.
func TestPortsAreGos(t *testing.T) {
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for goos, archs := range ports {
		for _, a := range archs {
			ours = append(ours, goos+"/"+a)
		}
	}
	slices.Sort(ours)
	theirs := strings.Fields(string(out))
	slices.Sort(theirs)
	if !slices.Equal(ours, theirs) {
		t.Errorf("ports differ from this go's:\nours   %v\ntheirs %v", ours, theirs)
	}
}
