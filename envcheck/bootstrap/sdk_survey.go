package bootstrap

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// survey tells, before anything is fetched, where the SDK would come from first,
// how large that is, and who vouches. Only a voucher that says there is no such
// release is an error; what a download meets is for the download to say.
func (p *Plan) survey(ctx context.Context) error {
	s := &p.SDK
	p.surveySource(ctx)
	o := s.fetch
	switch {
	case o.H1 != "":
		s.H1, s.By = o.H1, string(fetch.PinnedH1)
		return nil
	case o.SHA256 != "":
		s.H1, s.By = "", string(fetch.PinnedSHA256)
		return nil
	}
	s.H1, s.By = "", ""
	if s.abi != "" {
		return msg.Errorf("find Go SDK %s: the checksum database knows no toolchain of the old LoongArch world", "查找 Go SDK %s：校验数据库中没有旧世界 LoongArch 的工具链", s.Version).WithKind(msg.Incomplete).
			WithHint("pin it in the organisation's file: bootstrap.go.sha256 for %s, and the archive's URL under archives", "请在组织配置文件中固定：bootstrap.go.sha256 的 %s 一项，并在 archives 中写明下载地址", s.Platform)
	}
	for _, v := range []struct {
		by  fetch.Voucher
		log gosdk.Log
	}{{fetch.ProofFile, o.Proof}, {fetch.Database, o.Log}} {
		if v.log == nil {
			continue
		}
		h1, err := gosdk.LoggedH1(ctx, v.log, s.release)
		if err == nil {
			s.H1, s.By = h1, string(v.by)
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if o.Log == nil || v.by == fetch.Database {
			return msg.Errorf("find Go SDK %s: %w", "查找 Go SDK %s：%w", s.release, tlsHint(err)).WithKind(msg.Incomplete)
		}
	}
	return p.nobody()
}

func (p *Plan) nobody() error {
	return msg.Errorf("find Go SDK %s: nobody vouches for it here", "查找 Go SDK %s：此处无人为其作保", p.SDK.release).WithKind(msg.Incomplete).
		WithHint("pin it in the organisation's file (bootstrap.go.h1), bring a bundle with a proof, or allow the network", "请在组织配置文件中固定（bootstrap.go.h1）、使用带证明的 bundle，或允许联网")
}

// surveySource looks for the first place that has it, without fetching.
func (p *Plan) surveySource(ctx context.Context) {
	s, o := &p.SDK, p.SDK.fetch
	m := s.release.Module()
	path, _ := module.EscapePath(m.Path)
	zip := m.Version + ".zip"
	suffix := ".tar.gz"
	if s.release.GOOS == "windows" {
		suffix = ".zip"
	}
	archive := s.release.Version + "." + s.release.GOOS + "-" + s.release.GOARCH + suffix
	local := []string{filepath.Join(o.Cache, zip), filepath.Join(o.ModCache, "cache", "download", filepath.FromSlash(path), "@v", zip)}
	if o.Dir != "" {
		s.Source = o.Dir
		local = []string{filepath.Join(o.Dir, zip), filepath.Join(o.Dir, archive)}
	}
	for _, name := range local {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			s.Source, s.Size = name, info.Size()
			return
		}
	}
	if o.Dir != "" || o.Offline {
		return
	}
	var urls []string
	for _, m := range o.Mirrors.Mirrors() {
		urls = append(urls, strings.TrimSuffix(m.URL.String(), "/")+"/"+path+"/@v/"+zip)
	}
	bases := o.Archives
	if bases == nil {
		bases = fetch.DefaultArchives()
	}
	for _, base := range bases {
		if !strings.HasSuffix(base, suffix) {
			base = strings.TrimSuffix(base, "/") + "/" + archive
		}
		urls = append(urls, base)
	}
	for _, u := range urls {
		if size, ok := p.size(ctx, u); ok {
			s.Source, s.Size = httpx.Redact(u), size
			return
		}
	}
}

// size asks how large a file is. A login page has no such size.
func (p *Plan) size(ctx context.Context, u string) (int64, bool) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, u, nil)
	if err != nil {
		return 0, false
	}
	a, err := httpx.Do(p.client, r)
	if err != nil {
		return 0, false
	}
	_ = a.Body.Close()
	if a.StatusCode != http.StatusOK || strings.HasPrefix(a.Header.Get("Content-Type"), "text/") {
		return 0, false
	}
	return max(a.ContentLength, 0), true
}
