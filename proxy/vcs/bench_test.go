package vcs

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

// BenchmarkLargeRepository measures a repository of 5,000 commits and 200 MB with 50
// tags, with and without filters, by
//
//	go test -run none -bench LargeRepository -benchtime 1x ./proxy/vcs
//
// Seconds of: a list; the first version's .info, .mod and .zip; the next version's;
// the pseudo-version of a commit in the middle of the history, which needs that; and
// the process's highest resident memory, the git programs that serve not counted.
func BenchmarkLargeRepository(b *testing.B) {
	s := newGitServer(b, false)
	module := "git.example.test/team/large"
	middle := large(b, s.root+"/team/large.git", module)
	for _, filter := range []string{"true", "false"} {
		b.Run("filter="+filter, func(b *testing.B) {
			run(b, s.root, "git", "-C", s.root+"/team/large.git", "config", "uploadpack.allowFilter", filter)
			for range b.N {
				g := s.open(b)
				step := func(name string, f func() error) {
					start, bytes := time.Now(), s.bytes.Load()
					if err := f(); err != nil {
						b.Fatal(name, err)
					}
					b.ReportMetric(time.Since(start).Seconds(), name+"-s")
					b.ReportMetric(float64(s.bytes.Load()-bytes)/1e6, name+"-MB")
				}
				all := func(query string) func() error {
					return func() error { _, _, err := ours(b, g, module, query); return err }
				}
				step("list", func() error { _, err := g.Versions(b.Context(), module); return err })
				step("first", all("v1.20.0"))
				step("next", all("v1.21.0"))
				step("mod", func() error {
					_, err := body(b, g, proxy.File{Kind: proxy.Mod, Module: module, Version: "v1.22.0"})
					return err
				})
				step("pseudo", all(middle))
				b.ReportMetric(highWater(b), "RSS-MB")
			}
		})
	}
}

func run(b testing.TB, home string, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = gitEnv(home)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// large makes the repository with fast-import and returns a commit without a name.
func large(b testing.TB, bare, module string) (middle string) {
	b.Helper()
	run(b, bare, "git", "init", "-q", "--bare", bare)
	cmd := exec.Command("git", "-C", bare, "fast-import", "--quiet")
	cmd.Env = gitEnv(bare)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	noise := rand.NewChaCha8(sha256.Sum256([]byte("large")))
	blob := make([]byte, 40<<10)
	for i := range 5000 {
		fmt.Fprintf(w, "commit refs/heads/main\ncommitter dev <dev@example.test> %d +0000\ndata 1\nx\n", 1_770_000_000+i*60)
		if i == 0 {
			text := mod(module)
			fmt.Fprintf(w, "M 100644 inline go.mod\ndata %d\n%s\n", len(text), text)
		}
		noise.Read(blob)
		fmt.Fprintf(w, "M 100644 inline dir%d/file%d.dat\ndata %d\n", i%20, i%300, len(blob))
		w.Write(blob)
		fmt.Fprintf(w, "\nM 100644 inline dir%d/a%d.go\ndata 12\npackage dir\n\n", i%20, i%300)
		if i%100 == 99 {
			fmt.Fprintf(w, "reset refs/tags/v1.%d.0\nfrom refs/heads/main\n\n", i/100)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	run(b, bare, "git", "-C", bare, "symbolic-ref", "HEAD", "refs/heads/main")
	out, err := exec.Command("git", "-C", bare, "rev-parse", "main~2521").Output()
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// highWater is the process's highest resident memory so far in MB; 0 where the
// system does not say.
func highWater(b testing.TB) float64 {
	data, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseFloat(kb, 64)
	return n / 1000
}
