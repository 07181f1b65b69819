package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// pack makes the archives and packages of a part beside its binaries.
func (b *builder) pack(ctx context.Context, p *Part) error {
	done := b.trace.begin(p.Target.String(), phasePack)
	defer done()
	for _, a := range b.plan.Archives {
		if a.Target != p.Target || a.Universal != "" {
			continue
		}
		art, err := packArchive(ctx, a, b.dir, p.dir, func(build string) (*manifest.Binary, string) {
			bin := p.binary(build)
			if bin == nil {
				return nil, ""
			}
			return bin, p.path(bin.Path)
		})
		if err != nil {
			return err
		}
		p.Artifacts = append(p.Artifacts, *art)
	}
	for _, pkg := range b.plan.Packages {
		if pkg.Package.Target != p.Target {
			continue
		}
		art, err := b.packPackage(ctx, pkg, p)
		if err != nil {
			return err
		}
		p.Artifacts = append(p.Artifacts, *art)
	}
	return nil
}

// packArchive writes one archive into dir: a single pass from the built file
// through the compressor to the disk and the digests.
func packArchive(ctx context.Context, a PlannedArchive, project, dir string, binary func(build string) (*manifest.Binary, string)) (*manifest.Artifact, error) {
	art := &manifest.Artifact{Name: a.Name, Kind: manifest.KindArchive, Target: targetOf(a), Format: string(a.Format)}
	var entries []archive.Entry
	for _, m := range a.Members {
		e := archive.Entry{Name: m.Name, Mode: m.Mode, ModTime: m.ModTime, Owner: m.Owner, Group: m.Group, Size: m.Size}
		path, digest := filepath.Join(project, filepath.FromSlash(m.From)), m.SHA256
		if m.Build != "" {
			bin, at := binary(m.Build)
			if bin == nil {
				return nil, msg.Errorf("pack %s: build %s made no file for %s", "打包 %s：构建 %s 没有产出 %s 的文件", a.Name, m.Build, a.Target)
			}
			b := *bin
			b.Path = m.Name
			path, digest, e.Size = at, b.SHA256, b.Size
			art.Binaries = append(art.Binaries, b)
		}
		e.Open = func() (io.ReadCloser, error) { return openChecked(path, digest) }
		entries = append(entries, e)
	}
	mode := os.FileMode(0o644)
	if a.Format == archive.Binary {
		art.Kind, art.Format, mode = manifest.KindBinary, "", 0o755
		art.Binaries[0].Path = a.Name
	}
	sums, err := archive.WriteFile(ctx, filepath.Join(dir, a.Name), mode, func(w io.Writer) error {
		return archive.Write(ctx, w, a.Format, entries, archive.Options{ModTime: a.ModTime})
	})
	if err != nil {
		return nil, msg.Errorf("pack %s: %w", "打包 %s：%w", a.Name, err)
	}
	art.Size, art.SHA256, art.CRC64 = sums.Size, sums.SHA256, sums.CRC64
	return art, nil
}

func targetOf(a PlannedArchive) *target.Target {
	if a.Universal != "" {
		return nil
	}
	t := a.Target
	return &t
}

func (b *builder) packPackage(ctx context.Context, planned PlannedPackage, p *Part) (*manifest.Artifact, error) {
	t := p.Target
	art := &manifest.Artifact{Name: planned.Name, Kind: manifest.KindPackage, Target: &t, Format: planned.Package.Format}
	read := map[string]string{} // digest by path of every file that goes in
	for _, m := range planned.Inputs {
		read[filepath.Join(b.dir, filepath.FromSlash(m.From))] = m.SHA256
	}
	pkg := planned.Package
	pkg.Contents = slices.Clone(pkg.Contents)
	for i := range pkg.Contents {
		if c := &pkg.Contents[i]; c.Src != "" && c.Type != "symlink" {
			c.Src = filepath.Join(b.dir, filepath.FromSlash(c.Src))
		}
	}
	for _, m := range planned.Binaries {
		bin := p.binary(m.Build)
		if bin == nil {
			return nil, msg.Errorf("pack %s: build %s made no file for %s", "打包 %s：构建 %s 没有产出 %s 的文件", planned.Name, m.Build, t)
		}
		pkg.Contents = append(pkg.Contents, linuxpkg.Content{Src: p.path(bin.Path), Dst: m.Name, Mode: m.Mode, MTime: m.ModTime})
		read[p.path(bin.Path)] = bin.SHA256
		inside := *bin
		inside.Path = m.Name
		art.Binaries = append(art.Binaries, inside)
	}
	pkg.Temp = filepath.Dir(p.dir)
	for _, script := range scriptPaths(&pkg) {
		if *script != "" {
			*script = filepath.Join(b.dir, filepath.FromSlash(*script))
		}
	}
	sums, err := archive.WriteFile(ctx, p.path(planned.Name), 0o644, func(w io.Writer) error {
		if err := linuxpkg.Write(ctx, w, pkg); err != nil {
			return err
		}
		// The library reads the files by itself; afterwards they must still be the
		// planned and inspected ones.
		for path, digest := range read {
			if err := unchanged(path, digest); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, msg.Errorf("pack %s: %w", "打包 %s：%w", planned.Name, err)
	}
	art.Size, art.SHA256, art.CRC64 = sums.Size, sums.SHA256, sums.CRC64
	return art, nil
}

// openChecked opens a file whose content the plan already knows; reading it to
// its end fails when the content is another.
func openChecked(path, sha256hex string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &checked{File: f, want: sha256hex, h: sha256.New()}, nil
}

// unchanged reads a whole file to see that it is the one the plan knows.
func unchanged(path, sha256hex string) error {
	f, err := openChecked(path, sha256hex)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, struct{ io.Reader }{f})
	return err
}

type checked struct {
	*os.File
	want string
	h    hash.Hash
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.File.Read(b)
	c.h.Write(b[:n])
	if err == io.EOF && hex.EncodeToString(c.h.Sum(nil)) != c.want {
		return n, msg.Errorf("read %s: the content changed since the plan was made", "读取 %s：内容在计划生成之后已改变", c.Name()).
			WithHint("leave the project's files alone during a release, or make the plan again", "发布期间请勿改动项目文件，或重新生成计划")
	}
	return n, err
}
