// Command bootstrap takes bare roots, with no Go in them, by bootstrap.sh to a
// proven Go that builds a module, and measures seconds and bytes:
//
//	go run ./scripts/bench/bootstrap -sdk DIR                       # this machine's platform, a busybox root
//	go run ./scripts/bench/bootstrap -sdk DIR -root linux/amd64=debian.tar -root linux/arm64=base.tar -root linux/loong64=base.tar
//
// Three sources for each: "archive", a loopback mirror that has the archive of the
// SDK as a download site would, and modules beside it; "module", the toolchain
// module of a GOPROXY; "bundle", with the network cut off (unshare --net). In the
// first two the module's dependency is fetched and proven by the checksum database;
// in the third it is what the bundle's tool brought.
//
// DIR holds SDKs as fetch takes them: module zips or archives. A root is a tar with
// at least a shell; whatever busybox it has makes the missing commands. Without a tar
// (-root linux/loong64=) it is this machine's busybox, whose uname is told what to
// say: yingzao and Go are of the platform all the same. Everything runs in namespaces of an ordinary user; the processor of another platform is
// qemu-user, registered in the namespace alone (Linux 6.7), so that such seconds tell
// about qemu. The reference is busybox tar, which unpacks the same archive in the
// same root.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	log.SetFlags(0)
	o := options{roots: map[string]string{}, tool: "golang.org/x/tools/cmd/digraph@v0.30.0", dep: "golang.org/x/tools@v0.30.0", pkg: "golang.org/x/tools/container/intsets", use: "new(intsets.Sparse).Len()", log: log.Printf}
	flag.Func("root", "PLATFORM=FILE.tar, a bare root; may be repeated", func(s string) error {
		platform, file, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("%q is not PLATFORM=FILE", s)
		}
		o.roots[platform] = file
		return nil
	})
	flag.StringVar(&o.sdk, "sdk", "", "folder with the SDKs (default: GOROOT, when it is the release)")
	flag.StringVar(&o.version, "go", "1.26.8", "the Go release")
	flag.StringVar(&o.upstream, "proxy", "", "the module mirror behind the loopback one (default: the first of GOPROXY)")
	sources := flag.String("source", strings.Join(allSources, ","), "which sources")
	flag.Parse()
	o.sources = strings.Split(*sources, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := report(ctx, o); err != nil {
		stop()
		log.Fatal(err)
	}
}

var allSources = []string{"archive", "module", "bundle"}

// options are what is measured.
type options struct {
	roots    map[string]string // platform → tar; empty = this platform with busybox alone
	sources  []string
	sdk      string // "" = GOROOT
	version  string
	upstream string // the module mirror; "" = the first of GOPROXY
	sumdb    string // GOSUMDB; "" = the public database
	h1       string // pins the SDK in the organisation's file; "" = what yingzao knows

	tool, dep string // packages and modules with versions; the tool needs the module
	pkg, use  string // a package of dep, and an expression with it
	log       func(string, ...any)
}

// result is one way from a bare root to a program that was built.
type result struct {
	platform, source string
	apply, build     time.Duration
	program, sdk     int64 // bytes
	modules          int64
	err              error
}

// report measures and prints. What could not be done is told in the table.
func report(ctx context.Context, o options) error {
	results, references, err := bench(ctx, o)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "platform\tsource\tto a proven Go\t÷ tar\tto a built module\tyingzao\tSDK\tmodules, database")
	failed := 0
	for _, r := range results {
		if r.err != nil {
			failed++
			fmt.Fprintf(w, "%s\t%s\trefused: %s\n", r.platform, r.source, lastLines(r.err.Error(), 3))
			continue
		}
		ratio := "-"
		if ref := references[r.platform]; ref > 0 {
			ratio = fmt.Sprintf("%.1f", r.apply.Seconds()/ref.Seconds())
		}
		fmt.Fprintf(w, "%s\t%s\t%.1f s\t%s\t%.1f s\t%.1f MB\t%.1f MB\t%.2f MB\n", r.platform, r.source, r.apply.Seconds(), ratio, r.build.Seconds(), mb(r.program), mb(r.sdk), mb(r.modules))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if failed == len(results) {
		return fmt.Errorf("nothing worked")
	}
	return nil
}

func mb(n int64) float64 { return float64(n) / 1e6 }

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}

// bench goes through all platforms and sources, one after the other.
func bench(ctx context.Context, o options) (all []result, references map[string]time.Duration, err error) {
	work, err := os.MkdirTemp("", "yingzao-bench-")
	if err != nil {
		return nil, nil, err
	}
	defer removeAll(work)
	if len(o.roots) == 0 {
		o.roots = map[string]string{"linux/" + runtime.GOARCH: ""}
	}
	references = map[string]time.Duration{}
	for _, platform := range slices.Sorted(maps.Keys(o.roots)) {
		s, err := newSite(ctx, o, platform, filepath.Join(work, filepath.Base(platform)))
		if err != nil {
			all = append(all, result{platform: platform, source: "all", err: err})
			continue
		}
		for _, source := range o.sources {
			o.log("%s from %s…", platform, source)
			r, ref := s.measure(ctx, source)
			o.log("%s from %s: %.1f s to a proven Go, %.1f s to a built module", platform, source, r.apply.Seconds(), r.build.Seconds())
			if ref > 0 {
				references[platform] = ref
			}
			all = append(all, r)
		}
		s.close()
		if ctx.Err() != nil {
			break // what was measured is told
		}
	}
	return all, references, nil
}

// removeAll removes read-only folders too, as the module cache's are.
func removeAll(dir string) {
	_ = exec.Command("chmod", "-R", "u+rwX", dir).Run()
	_ = os.RemoveAll(dir)
}
