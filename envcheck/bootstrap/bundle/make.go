package bundle

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"github.com/yingzao-dev/yingzao/scripts"
)

// Options say what goes into a bundle. Where To is empty, or nothing else is
// given, Make fails.
type Options struct {
	// To is a folder, or a file that ends in .tar. A bundle that is there is
	// replaced at once; anything else is refused.
	To string
	// Sequence is the bundle's number; 0 = as the package comment says.
	Sequence int64

	// Version is that of the programs, for people; "" = not told.
	Version string
	// Programs are the yingzao for each platform: "linux/loong64-abi1.0" → a file.
	Programs map[string]string
	// URLs go into the heads of the scripts; see scripts.Pins.
	URLs []string

	// Go is the release of the SDKs, "1.26.8", and Platforms what they are for. Empty
	// = no SDKs.
	Go        string
	Platforms []string
	// SDK is where they come from and who vouches; H1, SHA256 and Dir should be empty
	// where there are several platforms.
	SDK fetch.Options
	// Pins gives what is known of a release's h1 and archive, where SDK pins neither:
	// "" = nothing. nil = nothing is known.
	Pins func(version, platform string) (h1, sha256 string)
	// SumDB is the checksum database that go.proof is made from, asked through
	// SDK.Mirrors first. The zero value is the public one; nothing is asked with
	// SDK.Offline.
	SumDB goenv.SumDB
	// ProofFile is taken instead of asking; "" = the database is asked, and offline
	// the SDKs stay without proof.
	ProofFile string

	// Tools are packages with versions, "golang.org/x/tools/gopls@v0.20.0", as go
	// install takes them; their modules come through the go command in Environ.
	Tools []string
	// Environ is the environment, in the form of os.Environ, whose go command and
	// settings fetch the tools. nil = none, and tools fail.
	Environ []string

	// Org is the organisation's file; "" = none.
	Org string

	// Progress is told what is being done; nil = nobody.
	Progress func(what msg.Text)
}

// Made is a bundle that was made.
type Made struct {
	Manifest  *Manifest
	SHA256    string // of bundle.json: what a desk may pin
	Size      int64  // bytes in all
	Unchanged bool   // To held the same already and was not touched
}

const maxOrg = 1 << 20

// Make makes a bundle beside To and puts it there when it is complete and proved.
// Whatever ends it, To is what it was or the new bundle; what a killed one left
// beside it is removed by the next. SDKs that were fetched stay in SDK.Cache, so the
// next try begins where this one ended.
func Make(ctx context.Context, o Options) (*Made, error) {
	if o.To == "" || len(o.Programs)+len(o.Platforms)+len(o.Tools) == 0 {
		return nil, msg.Errorf("make bundle: nothing to put in, or nowhere to put it", "制作离线包：没有要放入的内容，或没有指定位置").WithKind(msg.Usage)
	}
	if o.Progress == nil {
		o.Progress = func(msg.Text) {}
	}
	to, err := filepath.Abs(o.To)
	if err != nil {
		return nil, msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	if o.SDK.Client == nil {
		o.SDK.Client = httpx.New(httpx.Options{})
		defer o.SDK.Client.CloseIdleConnections()
	}
	before, err := lookAt(ctx, to)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return nil, msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	base := filepath.Join(filepath.Dir(to), ".yingzao-bundle")
	work, err := workdir.New(base)
	if err != nil {
		return nil, err
	}
	defer os.Remove(base) //nolint:errcheck // unless another bundle is being made
	defer work.Close()
	m := &maker{Options: o, to: to, work: work.Path(), dir: filepath.Join(work.Path(), "bundle"), m: &Manifest{Schema: 1, Yingzao: o.Version}}
	if err := os.Mkdir(m.dir, 0o755); err != nil {
		return nil, msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	for _, step := range []func(context.Context) error{m.programs, m.sdks, m.tools, m.org} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if err := m.list(ctx); err != nil {
		return nil, err
	}
	made, err := m.finish(before)
	if err != nil || made.Unchanged {
		return made, err
	}
	return made, m.put(ctx)
}

type maker struct {
	Options
	to, work, dir string
	m             *Manifest
}

func (m *maker) path(name string) string { return filepath.Join(m.dir, filepath.FromSlash(name)) }

func (m *maker) org(ctx context.Context) error {
	if m.Org == "" {
		return nil
	}
	fi, err := os.Stat(m.Org)
	if err != nil {
		return msg.Errorf("read the organisation's file: %w", "读取组织配置文件：%w", err).WithKind(msg.Usage)
	}
	if fi.Size() > maxOrg || !fi.Mode().IsRegular() {
		return msg.Errorf("read the organisation's file: %s is no regular file, or far too large", "读取组织配置文件：%s 不是普通文件，或过大", m.Org).WithKind(msg.Usage)
	}
	data, err := os.ReadFile(m.Org)
	if err != nil {
		return msg.Errorf("read the organisation's file: %w", "读取组织配置文件：%w", err).WithKind(msg.Usage)
	}
	if _, err := yamlfile.Open(m.Org, data); err != nil {
		return err
	}
	m.m.Org = orgName
	return m.write(ctx, orgName, 0o644, data)
}

// list names all files, after the scripts, which need nothing but the programs'.
func (m *maker) list(ctx context.Context) error {
	err := filepath.WalkDir(m.dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(m.dir, p)
		if err != nil {
			return err
		}
		sums, err := archive.SumFile(ctx, p)
		m.m.Files = append(m.m.Files, File{filepath.ToSlash(name), sums.Size, sums.SHA256})
		return err
	})
	if err != nil {
		return msg.Errorf("make bundle: %w", "制作离线包：%w", err)
	}
	slices.SortFunc(m.m.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// scripts need the sums of the programs.
func (m *maker) scripts(ctx context.Context) error {
	pins := scripts.Pins{URLs: m.URLs, SHA256: map[string]string{}}
	for _, p := range m.m.Programs {
		sums, err := archive.SumFile(ctx, m.path(p.File))
		if err != nil {
			return msg.Errorf("make bundle: %w", "制作离线包：%w", err)
		}
		pins.SHA256[p.Platform] = sums.SHA256
	}
	all, err := scripts.Bootstrap(pins)
	if err != nil {
		return err
	}
	for name, text := range all {
		if err := m.write(ctx, name, 0o755, text); err != nil {
			return err
		}
	}
	return nil
}
