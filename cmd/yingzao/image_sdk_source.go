package main

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/gotool"
)

// sdkSource is all that Find needs for one platform.
type sdkSource struct {
	release gosdk.Release
	abi     string
	options fetch.Options
}

// sources prepares the search for the SDK of each platform. The settings of the go
// command are asked once; without one the environment counts.
func (f *sdkFlags) sources(ctx context.Context, a *app, m *matrix.Matrix, targets []target.Target) ([]sdkSource, error) {
	common, err := f.common(ctx, a)
	if err != nil {
		return nil, err
	}
	var values [3]map[string]string
	for i, v := range []struct {
		flag  string
		words []string
	}{{"sdk", f.dirs}, {"sdk-h1", f.h1}, {"sdk-sha256", f.sha256}} {
		if values[i], err = perPlatform(v.flag, v.words); err != nil {
			return nil, err
		}
	}
	var all []sdkSource
	for _, t := range targets {
		s := sdkSource{options: common, release: gosdk.Release{Version: "go" + m.Go, GOOS: t.OS, GOARCH: t.Arch}}
		world := ""
		if t.ABI1 {
			world, s.abi = "old", matrix.ABI1
		}
		o := &s.options
		o.Dir, o.H1, o.SHA256 = forPlatform(values[0], t), forPlatform(values[1], t), forPlatform(values[2], t)
		known, err := m.SDKFor(f.goVersion, t.Arch, world)
		switch {
		case err == nil:
			s.release.Version = "go" + known.Go
		case f.goVersion == "":
			return nil, err
		default:
			s.release.Version = "go" + f.goVersion // the database may know it
		}
		if o.H1 == "" && o.SHA256 == "" {
			o.H1, o.SHA256 = known.H1, known.SHA256
		}
		if known.URL != "" {
			o.Archives = []string{known.URL}
		}
		all = append(all, s)
	}
	return all, nil
}

// common are the options that do not depend on the platform.
func (f *sdkFlags) common(ctx context.Context, a *app) (fetch.Options, error) {
	o := fetch.Options{Offline: f.offline}
	env := map[string]string{"GOPROXY": a.getenv("GOPROXY"), "GOMODCACHE": a.getenv("GOMODCACHE"), "GOSUMDB": a.getenv("GOSUMDB")}
	if t, err := gotool.Find(ctx, gotool.Options{Dir: os.TempDir(), Environ: a.environ}); err == nil {
		env = t.Env
	} else if ctx.Err() != nil {
		return o, err
	}
	o.ModCache = env["GOMODCACHE"]
	var err error
	if o.Mirrors, err = goenv.ParseProxies(env["GOPROXY"]); err != nil {
		return o, msg.Errorf("read GOPROXY: %w", "读取 GOPROXY：%w", err).WithKind(msg.Usage).
			WithHint("yingzao check explains it", "yingzao check 可说明原因")
	}
	if o.Cache, err = f.cacheFolder(a); err != nil {
		return o, err
	}
	o.Cache = filepath.Join(o.Cache, "sdk")
	if f.proof != "" {
		if o.Proof, err = proofLog(ctx, f.proof); err != nil {
			return o, err
		}
	}
	if f.offline {
		return o, nil
	}
	o.Client = httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)})
	db, err := goenv.ParseSumDB(cmp.Or(env["GOSUMDB"], goenv.PublicSumDB))
	if err != nil {
		return o, msg.Errorf("read GOSUMDB: %w", "读取 GOSUMDB：%w", err).WithKind(msg.Usage).
			WithHint("yingzao check explains it", "yingzao check 可说明原因")
	}
	f.sumdb = db
	if db.Off {
		return o, nil
	}
	o.Log, err = fetch.NewLog(fetch.LogOptions{DB: db, Mirrors: o.Mirrors, Client: o.Client})
	return o, err
}

// cacheFolder is where downloads and layers are kept.
func (f *sdkFlags) cacheFolder(a *app) (string, error) {
	if f.cache != "" {
		return f.cache, nil
	}
	dir := a.getenv("XDG_CACHE_HOME")
	if dir == "" {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", msg.Errorf("find the cache folder: %w", "查找缓存目录：%w", err).WithHint("name one with --cache", "请用 --cache 指定")
		}
	}
	return filepath.Join(dir, "yingzao"), nil
}

// proofLog is the checksum database as a proof file holds it.
func proofLog(ctx context.Context, name string) (gosdk.Log, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, msg.Errorf("read the proof: %w", "读取证明：%w", err).WithKind(msg.Usage).
			WithHint("yingzao check --deep --online --write-proof FILE makes one where the network is", "在有网络的机器上用 yingzao check --deep --online --write-proof FILE 制作")
	}
	p, err := gosdk.OpenProof(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, msg.Errorf("read the proof %s: %w", "读取证明 %s：%w", name, err).WithKind(msg.Usage).
			WithHint("it is damaged or another file: bring a fresh one", "文件已损坏或不是证明文件：请重新取得")
	}
	return gosdk.NewLog("", p.ReadRemote)
}
