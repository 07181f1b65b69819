package release

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// everything asks for all kinds of artifacts.
var everything = hello.with(yaml(`  targets: [linux/amd64, linux/loong64]
  builds:
    - {main: ., binary: hello, ldflags: '-s -w -X main.version={{ .Version }}-{{ .ShortCommit }}-{{ .Date }}'}
  archives:
    - {formats: [tar.gz, tar.zst, tar.xz, zip, binary, gz], files: [LICENSE, docs], allow_different_binary_count: true}
  nfpms:
    - formats: [deb, rpm, apk, archlinux]
      maintainer: 营造 <t@example.cn>
      contents: [{src: docs, dst: /usr/share/doc/hello}]
      scripts: {postinstall: scripts/post.sh}
  source: {enabled: true, prefix_template: hello}
  sbom: [cyclonedx, spdx]
`)).with(files{".gitignore": "dist/\n"})

// bytesOf sums the files of a release that are promised to be the same
// everywhere: all but what tells who made it and when.
func bytesOf(t *testing.T, dist string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dist, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dist, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == workFolder {
				return filepath.SkipDir
			}
			return nil
		}
		switch d.Name() {
		case ReportFile, reportPageFile, PartFile, keyFile, statementFile:
			return nil
		}
		fi, err := d.Info()
		lines = append(lines, filepath.ToSlash(rel)+" "+fi.Mode().String()+" "+shaOf(t, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// The same commit gives the same bytes in another folder, with another cache,
// time zone, umask and number of processors, and in separate steps.
func TestReproducible(t *testing.T) {
	needs(t, "git")
	one := folder(t, everything)
	commit(t, one, "v1.2.3")
	whole := filepath.Join(t.TempDir(), "dist")
	task{Step: "run", Dir: one, Dist: whole}.do(t, "TZ=Asia/Shanghai")
	ref := bytesOf(t, whole)
	for _, ext := range []string{".tar.gz ", ".tar.zst ", ".tar.xz ", ".zip ", ".deb ", ".rpm ", ".apk ", ".pkg.tar.zst ", "linux_amd64 ", "linux_loong64.gz ", "hello-1.2.3.tar.gz ", "manifest.json ", "SHA256SUMS ", "metadata.json ", ".deb.cdx.json ", "hello_1.2.3.spdx.json "} {
		if !strings.Contains(ref, ext) {
			t.Errorf("no file of kind %s in\n%s", ext, ref)
		}
	}

	t.Run("in steps", func(t *testing.T) {
		// Another clone, made with another umask: only git's own bits may count.
		two := filepath.Join(t.TempDir(), "a longer path", "hello")
		clone := exec.Command("sh", "-c", `umask 077 && git clone -q "$1" "$2"`, "sh", one, two)
		if out, err := clone.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		dist := filepath.Join(two, "dist")
		env := []string{"TZ=America/New_York", "GOMAXPROCS=1", "LC_ALL=zh_CN.UTF-8"}
		plan := filepath.Join(dist, PlanFile)
		task{Step: "plan", Dir: two, Dist: dist, Plan: plan, Umask: 0o027}.do(t, env...)
		var parts []string
		for _, target := range []string{"linux/loong64", "linux/amd64"} {
			part := filepath.Join(dist, "parts", strings.ReplaceAll(target, "/", "_"))
			at := env
			if target == "linux/amd64" && !testing.Short() { // one cold cache takes long enough
				at = append(slices.Clone(env), "GOCACHE="+filepath.Join(t.TempDir(), "gocache"))
			}
			task{Step: "build", Dir: two, Dist: dist, Plan: plan, Target: target, Part: part, Umask: 0o077}.do(t, at...)
			parts = append(parts, part)
		}
		task{Step: "merge", Dir: two, Dist: dist, Plan: plan, Parts: parts, Umask: 0o002}.do(t, env...)
		if d := difference(ref, bytesOf(t, dist)); d != nil {
			t.Errorf("other bytes:\n%s", strings.Join(d, "\n"))
		}
	})
	t.Run("older files", func(t *testing.T) {
		err := filepath.WalkDir(one, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !strings.Contains(path, ".git") {
				err = os.Chtimes(path, time.Unix(1e9, 0), time.Unix(1e9, 0))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		dist := filepath.Join(t.TempDir(), "dist")
		task{Step: "run", Dir: one, Dist: dist}.do(t, "HOME="+mirrortest.Home(t))
		if d := difference(ref, bytesOf(t, dist)); d != nil {
			t.Errorf("other bytes:\n%s", strings.Join(d, "\n"))
		}
	})
}

// difference lists the lines that two lists do not share.
func difference(a, b string) (out []string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for _, l := range x {
		if !slices.Contains(y, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out = append(out, "+ "+l)
		}
	}
	return out
}
