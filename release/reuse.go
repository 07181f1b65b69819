package release

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/gotool"
)

// keyFile lies in a part's folder and holds what it was made from.
const keyFile = ".key"

func (p *project) partDir(t target.Target) string {
	return filepath.Join(p.dist, partsFolder, t.Slug())
}

// partKey digests all that decides a part's bytes on this machine: the plan, the
// files as they lie here, and the toolchain as it lies here.
func (p *project) partKey(plan *Plan, t target.Target) string {
	tool, err := p.tools.of(t)
	if err != nil {
		return "" // planning has refused it already
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s\n", plan.Digest, p.sources, t, toolIdentity(tool))
	return sum(h)
}

// toolIdentity tells two toolchains apart even when they print one version.
func toolIdentity(t *gotool.Tool) string {
	var id strings.Builder
	version, _ := os.ReadFile(filepath.Join(t.Goroot, "VERSION"))
	fmt.Fprintf(&id, "%s\n%s\n%s\n", t.Goroot, t.Version, version)
	tools := filepath.Join(t.Goroot, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	for _, f := range []string{filepath.Join(t.Goroot, "bin", "go"), filepath.Join(tools, "compile"), filepath.Join(tools, "link"), filepath.Join(tools, "asm")} {
		if fi, err := os.Stat(f); err == nil {
			fmt.Fprintf(&id, "%d %d\n", fi.Size(), fi.ModTime().UnixNano())
		}
	}
	return id.String()
}

// reuse returns the part of an earlier run if it was made from the same inputs
// and every byte of it is still there; nil otherwise.
func (p *project) reuse(ctx context.Context, plan *Plan, t target.Target, key string) *Part {
	dir := p.partDir(t)
	have, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil || key == "" || string(have) != key {
		return nil
	}
	defer p.trace.begin(t.String(), phaseReuse)()
	part, err := ReadPart(ctx, dir)
	if err != nil || part.Plan != plan.Digest || part.Target != t {
		return nil
	}
	return part
}

// keep remembers what a fresh part was made from.
func (p *project) keep(ctx context.Context, t target.Target, key string) error {
	_, err := archive.WriteFile(ctx, filepath.Join(p.partDir(t), keyFile), 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, key)
		return err
	})
	return err
}
