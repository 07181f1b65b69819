package archive

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// golden holds the SHA-256 of sample in each format. A change here changes every
// release that anybody rebuilds: it needs a line in the changelog and a reason.
var golden = map[Format]string{
	TarGz:  "4e26261576ddd9739150b1a8618154634dd6003c4db1abf590b01ccde553468c",
	TarZst: "6383ea9b85e4462f5924e958e465b3c41d3588d1f5320bbfc7203092af368be4",
	TarXz:  "e0dda7c50882acbfaee97315e83327bc2ac5118fb28f3a40ad9fe28f485039f9",
	Zip:    "5d00f75ed7bc846ff8ffeaaf8fdc747583cfb75e4038d79eeecf95ffba45c52f",
	Tar:    "fc1b7dbdda377cb3d09f8e0b2abfa22776e1a9de94afb713efae78fd2c3ad493",
	Gz:     "4ebac18b4475a18ce1d38c7fade798343ca21a824043a81e0a9f9ea6939908ee",
	Binary: "999e2be17306842ee530ba3b126684ade8b8e1846d31ea354339e0bd599c22d2",
}

func TestGolden(t *testing.T) {
	for _, f := range Formats() {
		b := pack(t, f, entriesFor(f))
		if got := sumOf(t, b); got != golden[f] {
			t.Errorf("%s: sha256 %s, want %s (%d bytes)", f, got, golden[f], len(b))
		}
		for _, n := range []int{0, 1, 7, 1000, 4096, 1 << 20} {
			if got := sumOf(t, pack(t, f, chopped(entriesFor(f), n))); got != golden[f] {
				t.Errorf("%s: sources that read %d bytes at a time give %s", f, n, got)
			}
		}
		reversed := entriesFor(f)
		slices.Reverse(reversed)
		if got := sumOf(t, pack(t, f, reversed)); got != golden[f] {
			t.Errorf("%s: entries in another order give %s", f, got)
		}
	}
}

// The same in processes with another time zone, umask and number of processors.
func TestGoldenInOtherProcesses(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	sh, err := exec.LookPath("sh")
	need(t, err == nil, "sh")
	for _, env := range [][]string{
		{"TZ=Asia/Shanghai", "GOMAXPROCS=1"},
		{"TZ=America/St_Johns", "GOMAXPROCS=8", "LC_ALL=zh_CN.UTF-8"},
	} {
		cmd := exec.Command(sh, "-c", `umask 077; exec "$0" -test.run='^TestGolden$'`, self)
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", env, err, out)
		}
	}
}

// The same on the other architectures: this test, built for them, under qemu.
func TestGoldenOnOtherArchitectures(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two test programs")
	}
	for goarch, qemu := range map[string]string{"arm64": "qemu-aarch64-static", "loong64": "qemu-loongarch64-static"} {
		t.Run(goarch, func(t *testing.T) {
			emulator, err := exec.LookPath(qemu)
			need(t, err == nil, qemu)
			program := filepath.Join(t.TempDir(), "archive.test")
			build := exec.Command("go", "test", "-c", "-vet=off", "-o", program, ".")
			build.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+goarch, "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("go test -c: %v\n%s", err, out)
			}
			out, err := exec.Command(emulator, program, "-test.run=^TestGolden$", "-test.v").CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte("--- PASS: TestGolden")) {
				t.Errorf("%s: %v\n%s", qemu, err, out)
			}
		})
	}
}

func sumOf(t *testing.T, b []byte) string {
	t.Helper()
	s, err := SumReader(context.Background(), bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.SHA256
}
