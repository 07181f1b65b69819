package assemble

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Options are what a build makes, and from what.
type Options struct {
	// Platforms are the images, one for each architecture, in any order; required.
	Platforms []Platform
	// Output is where the index goes; required.
	Output Output
	// Cache is the directory of the layer cache, made when it is missing; required.
	Cache string
	// Name is the image's name in the bill of materials and in a docker archive.
	// "" = go-builder.
	Name string
	// Version is the image's version in the bill of materials. "" = the Go version.
	Version string
	// Labels are put over those of the base and our own. They are the same for all
	// platforms and must not hold a secret. nil = none.
	Labels map[string]string
	// Compression of the layers that are not the base's own. "" = Gzip.
	Compression Compression
	// WorldOf reads the LoongArch world from a program's instructions; it is asked
	// about bin/go of loong64 SDKs. nil = the SDK's ABI is believed.
	WorldOf func(io.ReaderAt, int64) (loongarch.World, error)
	// Transport reaches registries. nil = one without proxies. Credentials are
	// those of docker login.
	Transport http.RoundTripper
	// Progress is told how it goes on. nil = nobody.
	Progress func(Event)
}

// Platform is one image of a build.
type Platform struct {
	Base   Source
	Digest string        // that the base has to have: the lock's; "" = not pinned, which is a warning
	Family matrix.Family // that the base has to be of; "" = not asked
	SDK    *fetch.SDK    // decides the architecture; the caller closes it
}

// built is a finished image.
type built struct {
	image    *image
	referrer *image
	document []byte
	result   BuiltPlatform
	warnings []Warning
}

// Build makes the images and writes them. The error wraps what stopped it; the
// output then is as it was.
func Build(ctx context.Context, o Options) (*Result, error) {
	started := time.Now()
	if err := o.fill(); err != nil {
		return nil, err
	}
	c, err := openCache(o.Cache)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var done func()
	o.Transport, done = transportOr(o.Transport)
	defer done()

	images, err := o.buildAll(ctx, c)
	if err != nil {
		return nil, c.forget(err)
	}
	out, err := newBundle(images, o)
	if err != nil {
		return nil, err
	}
	r := &Result{Schema: 1, Output: o.Output.String(), Tag: o.Output.Tag, Digest: out.index.manifest.digest.String()}
	if err := o.write(ctx, out, r); err != nil {
		return nil, msg.Errorf("write image %s: %w", "写入镜像 %s：%w", o.Output, c.forget(err))
	}
	for _, i := range images {
		r.Platforms, r.Warnings = append(r.Platforms, i.result), append(r.Warnings, i.warnings...)
	}
	r.Seconds = seconds(started)
	return r, nil
}

// fill checks the options and puts in what is left open.
func (o *Options) fill() error {
	if len(o.Platforms) == 0 {
		return msg.Errorf("build image: no platform is named", "构建镜像：未指定平台").WithKind(msg.Usage)
	}
	if o.Output.Kind == "" {
		return msg.Errorf("build image: no output is named", "构建镜像：未指定输出位置").WithKind(msg.Usage)
	}
	if o.Output.Kind == DockerArchive && len(o.Platforms) > 1 {
		return msg.Errorf("build image: a docker archive holds one platform, and %d are named", "构建镜像：docker 归档只能容纳一个平台，而指定了 %d 个", len(o.Platforms)).
			WithHint("write tar:FILE, which current engines read too, or one archive for each platform", "请改用 tar:文件（新版引擎也能读取），或为每个平台各写一个归档").WithKind(msg.Usage)
	}
	if err := o.Compression.check(); err != nil {
		return err
	}
	o.Platforms = slices.SortedFunc(slices.Values(o.Platforms), func(a, b Platform) int { return cmp.Compare(a.arch(), b.arch()) })
	for i, p := range o.Platforms {
		switch {
		case p.SDK == nil:
			return msg.Errorf("build image: a platform has no SDK", "构建镜像：有平台未指定 SDK").WithKind(msg.Usage)
		case p.SDK.Release.GOOS != "linux" || machineOf(p.arch()) == 0:
			return msg.Errorf("build image: %s is no SDK for an image", "构建镜像：%s 不是可用于镜像的 SDK", p.SDK.Release).
				WithHint("use one for linux on amd64, arm64 or loong64", "请使用 linux 的 amd64、arm64 或 loong64 SDK").WithKind(msg.Usage)
		case i > 0 && o.Platforms[i-1].arch() == p.arch():
			return msg.Errorf("build image: two platforms are linux/%s", "构建镜像：有两个平台都是 linux/%s", p.arch()).
				WithHint("an index has one image for each platform; give the second one another tag", "一个索引中每个平台只能有一个镜像；请给第二个另起标签").WithKind(msg.Usage)
		}
	}
	o.Name = cmp.Or(o.Name, "go-builder")
	o.Version = cmp.Or(o.Version, strings.TrimPrefix(o.Platforms[0].SDK.Release.Version, "go"))
	if o.Output.Kind != Registry {
		o.Output.Tag = cmp.Or(o.Output.Tag, "latest")
	}
	return nil
}

func (p Platform) arch() string {
	if p.SDK == nil {
		return ""
	}
	return p.SDK.Release.GOARCH
}

func (o *Options) buildAll(ctx context.Context, c *cache) ([]*built, error) {
	images := make([]*built, len(o.Platforms))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range o.Platforms {
		group.Go(func() (err error) {
			images[i], err = o.build(ctx, c, p)
			if err != nil {
				return msg.Errorf("build image for linux/%s: %w", "构建 linux/%s 镜像：%w", p.arch(), err)
			}
			return nil
		})
	}
	return images, group.Wait()
}

// build makes one image. Base and SDK are read side by side; a base that does not
// fit stops the SDK's packing.
func (o *Options) build(ctx context.Context, c *cache, p Platform) (*built, error) {
	started := time.Now()
	out := &built{}
	at, err := sdkTime(p.SDK)
	if err != nil {
		return nil, err
	}
	world, err := witness(p.SDK, o.WorldOf)
	if err != nil {
		return nil, err
	}
	if world != nil {
		out.warnings = append(out.warnings, *world)
	}

	var b *base
	var facts Facts
	var sdk *blob
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		op := opener{cache: c, packing: o.Compression, transport: o.Transport, on: o.Progress}
		if b, err = op.open(inner, p.Base, p.arch(), p.Digest); err != nil {
			return err
		}
		facts = b.facts(p.arch())
		return facts.meets(Need{Arch: p.arch(), Family: p.Family, World: worldOf(p.SDK.ABI)})
	})
	group.Go(func() (err error) {
		meter := newMeter(o.Progress, p.arch(), "sdk", sizeOf(p.SDK))
		defer meter.end()
		sdk, err = c.sdkLayer(inner, p.SDK, o.Compression, at, meter.add)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}

	user, warnings, err := userLayer(b.tree, o.Compression, at)
	if err != nil {
		return nil, msg.Errorf("write user layer: %w", "写入用户层：%w", err)
	}
	layers := append(slices.Clone(b.layers), user, sdk)
	if out.image, err = newContainer(configOf(b, facts, p.SDK, at, o.Labels, layers), layers); err != nil {
		return nil, err
	}
	if out.document, err = document(o, b, facts, p.SDK, at); err != nil {
		return nil, err
	}
	if out.referrer, err = newReferrer(out.image, out.document); err != nil {
		return nil, err
	}
	out.warnings = append(append(out.warnings, facts.Warnings...), warnings...)
	for i := range out.warnings {
		out.warnings[i].Platform = "linux/" + p.arch()
	}
	facts.Warnings = nil // the result has them once
	out.result = report(out, facts, p.SDK)
	out.result.Seconds = seconds(started)
	return out, nil
}

func report(b *built, facts Facts, sdk *fetch.SDK) BuiltPlatform {
	r := BuiltPlatform{
		Platform: "linux/" + sdk.Release.GOARCH,
		Digest:   b.image.manifest.digest.String(), SBOM: b.referrer.manifest.digest.String(), Base: facts,
	}
	if sdk.Release.GOARCH == "loong64" {
		r.World = worldOf(sdk.ABI)
	}
	for _, l := range b.image.layers {
		r.Layers = append(r.Layers, BuiltLayer{l.digest.String(), l.size, l.origin, l.cached})
	}
	return r
}

func sizeOf(sdk *fetch.SDK) (n int64) {
	for _, f := range sdk.Files {
		n += f.Size
	}
	return n
}

func seconds(since time.Time) float64 { return float64(time.Since(since).Milliseconds()) / 1000 }
