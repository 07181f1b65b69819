package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines/stages"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// reportFiles writes each FORMAT=FILE of a --report flag; folders are made.
func (a *app) reportFiles(ctx context.Context, wanted, formats []string, write func(format string, w io.Writer) error) error {
	for _, arg := range wanted {
		format, file, ok := strings.Cut(arg, "=")
		if !ok || file == "" || !slices.Contains(formats, format) {
			return msg.Errorf("write report %q: it is FORMAT=FILE", "写入报告 %q：格式应为 FORMAT=FILE", arg).WithKind(msg.Usage).
				WithHint("formats: %s", "可用的格式：%s", strings.Join(formats, ", "))
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return msg.Errorf("write report: %w", "写入报告：%w", err)
		}
		if _, err := archive.WriteFile(ctx, file, 0o644, func(w io.Writer) error { return write(format, w) }); err != nil {
			return msg.Errorf("write report %s: %w", "写入报告 %s：%w", file, err)
		}
	}
	return nil
}

// publishedReports tells a CI system where the release can be found: at the base
// URL, or else in the first store.
func (a *app) publishedReports(ctx context.Context, wanted []string, r *publish.Result, m *manifest.Manifest, base string) error {
	p := stages.Published{Project: r.Project, Version: r.Version, URL: r.URL, Files: []string{"SHA256SUMS", "manifest.json"}}
	if base != "" {
		p.URL = strings.TrimSuffix(base, "/") + "/" + r.Project + "/" + r.Version
		p.Page = strings.TrimSuffix(base, "/") + "/" + r.Project + "/index.html"
	}
	for _, f := range m.Artifacts {
		p.Files = append(p.Files, f.Name)
	}
	return a.reportFiles(ctx, wanted, stages.PublishedFormats, p.Write)
}
