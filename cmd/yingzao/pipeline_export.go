package main

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/export"
	"github.com/yingzao-dev/yingzao/pipelines/jenkins"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// pipelineExport makes one folder with everything for CI systems without a way out.
func (a *app) pipelineExport() *cobra.Command {
	c := a.command("export", msg.Text{EN: "put templates, library, plug-in and binaries into one folder, for air-gapped CI systems", ZH: "将模板、共享库、插件与二进制放入一个目录，供隔离网络中的 CI 系统使用"}, msg.Text{
		EN: "The binaries are those of a release of yingzao (--from), or files (--binary), or else this program\nitself. Each is inspected first: static, of the right architecture, yingzao. The templates hold their sums\nand run nothing else. An earlier export in the same place is replaced as a whole.",
		ZH: "二进制取自营造的一次发布（--from）、指定的文件（--binary），否则为本程序自身。\n放入前逐一检查：静态、架构正确、确为营造。模板内含其校验和，不会运行其他文件。\n同一位置此前的导出会被整体替换。",
	})
	c.Example = "  yingzao pipeline export --to yingzao-ci --from dist\n  yingzao pipeline export --to yingzao-ci --from /srv/downloads --tool-url https://dl.corp.example/yingzao/bin"
	a.keyFlags(c)
	o := export.Options{Library: jenkins.Library}
	c.Flags().StringVar(&o.To, "to", "", a.say("the folder to make", "要生成的目录"))
	c.Flags().StringVar(&o.ToolURL, "tool-url", "", a.say("where the site will offer the folder bin, as the templates' default", "站点提供 bin 目录的地址，作为模板的默认值"))
	files := c.Flags().StringArray("binary", nil, a.say("a binary, as TARGET=FILE", "二进制，格式 TARGET=FILE"))
	from := c.Flags().String("from", "", a.say("a release of yingzao: a dist folder or a store", "营造的一次发布：dist 目录或存储"))
	version := c.Flags().String("version", "", a.say("of the store, this version instead of the latest", "存储中的指定版本，而非最新版本"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.To == "" {
			return msg.Errorf("export: no folder is named", "导出：未指定目录").WithKind(msg.Usage).WithHint("add --to DIR", "请添加 --to DIR")
		}
		params, err := pipelines.Params()
		if err != nil {
			return err
		}
		tmp, err := workdir.New("")
		if err != nil {
			return err
		}
		defer tmp.Close()
		if o.Binaries, o.Version, err = a.exported(c.Context(), *files, *from, *version, tmp.Path()); err != nil {
			return err
		}
		for _, b := range o.Binaries {
			if err := isYingzao(b); err != nil {
				return err
			}
		}
		o.Desks = func(sums map[string]string) (map[string][]byte, error) { return deskScripts(sums, o.ToolURL) }
		r, err := export.Write(c.Context(), params, o)
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		for _, pin := range r.Pins {
			a.printf("%s\n", "%s\n", pin)
		}
		a.note("%s: %d files; README.md there says what to do with them\n", "%s：%d 个文件；用法见其中的 README.zh-CN.md\n", o.To, len(r.Files))
		return nil
	}
	return c
}

// exported finds the binaries, and their version where one is known.
func (a *app) exported(ctx context.Context, files []string, from, version, tmp string) (all []export.Binary, _ string, err error) {
	for _, f := range files {
		name, file, ok := strings.Cut(f, "=")
		if !ok {
			return nil, "", msg.Errorf("export: --binary %s: it is TARGET=FILE", "导出：--binary %s：格式应为 TARGET=FILE", f).WithKind(msg.Usage).
				WithHint("for example: --binary linux/amd64=dist/yingzao", "例如：--binary linux/amd64=dist/yingzao")
		}
		t, err := target.Parse(name)
		if err != nil {
			return nil, "", err
		}
		all = append(all, export.Binary{Target: t, Path: file})
	}
	switch {
	case from != "":
		m, open, err := a.releaseFrom(ctx, from, version)
		if err != nil {
			return nil, "", err
		}
		found, err := release.Extract(ctx, m, open, "yingzao", func(t target.Target) bool { _, ok := export.FileName(t); return ok }, tmp)
		for _, x := range found {
			all = append(all, export.Binary(x))
		}
		return all, m.Version, err
	case len(all) == 0:
		self, err := os.Executable()
		if err != nil {
			return nil, "", msg.Errorf("export: %w", "导出：%w", err)
		}
		t, err := target.New(runtime.GOOS, runtime.GOARCH, "")
		return []export.Binary{{Target: t, Path: self}}, strings.TrimPrefix(buildVersion().Version, "(devel)"), err
	}
	return all, "", nil
}

// releaseFrom reads the manifest of a dist folder, or of yingzao in a store.
func (a *app) releaseFrom(ctx context.Context, from, version string) (*manifest.Manifest, func(string) (io.ReadCloser, error), error) {
	if _, err := os.Stat(filepath.Join(from, manifest.FileName)); err == nil {
		m, err := release.ReadDist(ctx, from)
		open := release.FilesIn(from)
		return m, func(name string) (io.ReadCloser, error) { return open(name) }, err
	}
	st, err := a.stores().Open(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	return publish.Open(ctx, st, "yingzao", version)
}

// isYingzao opens a binary and judges whether jobs may run it.
func isYingzao(b export.Binary) error {
	f, err := inspect.File(b.Path)
	if err != nil {
		return msg.Errorf("export: %w", "导出：%w", err).WithKind(msg.Usage).WithHint("name a binary of yingzao", "请指定营造的二进制")
	}
	refuse := func(what any) error {
		return msg.Errorf("export %s: it is no yingzao for %s: %v", "导出 %s：它不是 %s 的营造：%v", b.Path, b.Target, what).WithKind(msg.Findings).
			WithHint("make the binaries with yingzao release in a clone of its repository, and name them with --from dist", "请在营造仓库的克隆中用 yingzao release 生成二进制，再用 --from dist 指定")
	}
	if f.Go == nil || path.Base(f.Go.Path) != "yingzao" {
		return refuse(msg.Text{EN: "another program", ZH: "是另一个程序"})
	}
	for _, x := range inspect.Judge(f, inspect.Policy{Target: b.Target}).Findings {
		if x.Severity == inspect.Error {
			return refuse(msg.Textf("%s %v: %s", "%s %v：%s", x.Code, x.Rule().Title, x.Evidence))
		}
	}
	return nil
}
