package rebuild

import (
	"context"
	"path/filepath"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// Options say what to build from what.
type Options struct {
	// GOROOT is the tree to build from, and with. It must be able to run here. It
	// is only read.
	GOROOT string
	// Vouched is the h1 that the tree must have, its go.env aside, which is put
	// right in the copy. "" takes the tree as it is: then the outcome is worth no
	// more than the caller's own check.
	Vouched string
	// GOOS and GOARCH of the outcome; GOOS "" = linux.
	GOOS, GOARCH string
	// To is the folder that gets the outcome; it is made. Files of the same name
	// are replaced.
	To string
	// Work is the base of the work directory (see package workdir), which needs
	// 2 GB; "" = the default.
	Work string
	// Environ is where PATH comes from; nil = the build finds no program.
	Environ []string
	// Log gets every line that the build prints, from one goroutine at a time;
	// nil = nobody.
	Log func(line string)
}

// Result is what was built. It marshals to the JSON of `image sdk build`.
type Result struct {
	Go      string `json:"go"` // go1.26.8
	GOOS    string `json:"goos"`
	GOARCH  string `json:"goarch"`
	Source  string `json:"source_h1"` // of the tree it was built from, with the official go.env
	H1      string `json:"h1"`        // of the toolchain module
	Zip     File   `json:"module"`
	Archive File   `json:"archive"`
	// Whole says that the archive has the directories api, doc, misc and test, so
	// that its SHA-256 can be the published one's.
	Whole bool `json:"whole"`
	// GoEnv says that go.env had been edited and was put right.
	GoEnv   bool    `json:"go_env_restored"`
	Seconds float64 `json:"seconds"`
}

// File is one file of the outcome.
type File struct {
	Path   string `json:"path,omitempty"` // "" = not kept
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Build makes the SDK. It takes minutes of two processors. A tree that is not the
// vouched one is an error of kind msg.Findings; what is missing on this machine is
// found before anything is written.
func Build(ctx context.Context, o Options) (*Result, error) {
	begun := time.Now()
	if o.GOOS == "" {
		o.GOOS = "linux"
	}
	if err := require(o); err != nil {
		return nil, err
	}
	src, err := readSource(ctx, o)
	if err != nil {
		return nil, err
	}
	target := gosdk.Release{Version: src.tree.Release.Version, GOOS: o.GOOS, GOARCH: o.GOARCH}
	if err := target.Check(); err != nil {
		return nil, msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err).WithKind(msg.Usage)
	}
	work, err := workdir.New(o.Work)
	if err != nil {
		return nil, msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
	}
	defer work.Close()
	if err := roomFor(work.Path()); err != nil {
		return nil, err
	}
	whole, err := src.stage(ctx, filepath.Join(work.Path(), "go"))
	if err != nil {
		return nil, msg.Errorf("copy Go SDK: %w", "复制 Go SDK：%w", err)
	}
	if err := makeBash(ctx, work.Path(), o); err != nil {
		return nil, err
	}
	r := &Result{
		Go: target.Version, GOOS: o.GOOS, GOARCH: o.GOARCH, Source: src.h1, Whole: whole, GoEnv: src.restored,
	}
	if err := r.collect(ctx, filepath.Join(work.Path(), "go", "pkg", "distpack"), o.To, target); err != nil {
		return nil, err
	}
	if err := work.Close(); err != nil {
		return nil, err
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

func (r *Result) release() gosdk.Release {
	return gosdk.Release{Version: r.Go, GOOS: r.GOOS, GOARCH: r.GOARCH}
}
