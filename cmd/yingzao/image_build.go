package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/assemble"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// imageBuild puts images together without an engine.
func (a *app) imageBuild() *cobra.Command {
	c := a.command("build", msg.Text{EN: "put a builder image together without Docker, root or emulation", ZH: "无需 Docker、root 或模拟器，直接拼装构建镜像"}, msg.Text{
		EN: "Base, user and proven SDK become one index for all platforms, the same bytes on every machine. The base\nis one of the matrix, pulled from its registry or given for each platform by --base-from; or any base:\nscratch, rootfs:FILE, oci:DIR[:tag], docker-archive:FILE[:tag], a reference. A base that does not fit the\nSDK is refused before anything is written.",
		ZH: "基础镜像、用户与经过验证的 SDK 合成一个覆盖所有平台的索引，在任何机器上字节相同。基础镜像可取自矩阵（从其\n仓库拉取，或用 --base-from 逐平台指定），也可以是任意基础镜像：scratch、rootfs:文件、oci:目录[:标签]、\ndocker-archive:文件[:标签] 或镜像引用。与 SDK 不匹配的基础镜像会在写入之前被拒绝。",
	})
	c.Example = "  yingzao image build --base openeuler-24.03 --to registry.corp.example/go-builder:1.26.8\n" +
		"  yingzao image build --base kylin-v10sp3 --platform linux/amd64,linux/arm64 \\\n    --base-from linux/amd64=rootfs:kylin-amd64.tar.xz,linux/arm64=docker-archive:kylin-arm64.tar \\\n    --offline --to oci:out"
	b := a.baseFlags(c)
	f := a.sdkFlags(c)
	to := c.Flags().String("to", "", a.say("oci:DIR[:tag], tar:FILE, docker-archive:FILE, or a registry reference", "oci:目录[:标签]、tar:文件、docker-archive:文件，或仓库引用"))
	compression := c.Flags().String("compression", "gzip", a.say("of our layers: gzip or zstd", "本工具生成的层的压缩方式：gzip 或 zstd"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *to == "" {
			return msg.Errorf("image build: --to is needed", "image build：需要 --to").WithKind(msg.Usage).
				WithHint("for example --to oci:out, --to tar:builder.tar, --to registry.corp.example/go-builder:1.26.8", "例如 --to oci:out、--to tar:builder.tar、--to registry.corp.example/go-builder:1.26.8")
		}
		out, err := assemble.ParseOutput(*to)
		if err != nil {
			return err
		}
		m, err := loadMatrix(*b.lock)
		if err != nil {
			return err
		}
		bases, err := b.resolve(m)
		if err != nil {
			return err
		}
		if err := onlineEnough(f.offline, out, bases); err != nil {
			return err
		}
		o := assemble.Options{Output: out, Name: b.imageName(), Compression: assemble.Compression(*compression), WorldOf: worldOf}
		defer func() {
			for _, p := range o.Platforms {
				if p.SDK.Close != nil {
					_ = p.SDK.Close()
				}
			}
		}()
		if err := a.addPlatforms(c.Context(), &o, m, f, bases); err != nil {
			return err
		}
		client := httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)})
		defer client.CloseIdleConnections()
		o.Transport = client.Transport
		p := a.progress()
		defer p.Close()
		o.Progress = imageProgress(p)
		r, err := assemble.Build(c.Context(), o)
		p.Close()
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		a.printImage(r)
		return nil
	}
	return c
}

// addPlatforms finds the SDKs and puts them beside their bases.
func (a *app) addPlatforms(ctx context.Context, o *assemble.Options, m *matrix.Matrix, f *sdkFlags, bases []platformBase) error {
	sources, err := f.sources(ctx, a, m, targetsOf(bases))
	if err != nil {
		return err
	}
	if o.Cache, err = f.cacheFolder(a); err != nil {
		return err
	}
	o.Cache = filepath.Join(o.Cache, "layers")
	for i, b := range bases {
		sdk, err := a.findSDK(ctx, sources[i])
		if err != nil {
			return err
		}
		o.Platforms = append(o.Platforms, assemble.Platform{Base: b.source, Digest: b.digest, Family: b.family, SDK: sdk})
	}
	return nil
}

// onlineEnough refuses what --offline forbids, before minutes are spent.
func onlineEnough(offline bool, out assemble.Output, bases []platformBase) error {
	if !offline {
		return nil
	}
	if out.Kind == assemble.Registry {
		return msg.Errorf("--offline: %s is a registry", "--offline：%s 是镜像仓库", out).WithKind(msg.Usage).
			WithHint("write oci:DIR, and push it later: yingzao image push", "请写入 oci:目录，之后用 yingzao image push 推送")
	}
	for _, b := range bases {
		if b.source.Kind == assemble.Registry {
			return msg.Errorf("--offline: the base for %s would be pulled from %s", "--offline：%s 的基础镜像需从 %s 拉取", b.target, b.source).WithKind(msg.Usage).
				WithHint("bring it as a file: --base-from %s=docker-archive:FILE, oci:DIR or rootfs:FILE", "请以文件形式提供：--base-from %s=docker-archive:文件、oci:目录 或 rootfs:文件", b.target)
		}
	}
	return nil
}

// worldOf reads the world from a program's instructions, which is release/inspect's
// knowledge.
func worldOf(r io.ReaderAt, size int64) (loongarch.World, error) {
	f, err := inspect.Read(r, size)
	if err != nil {
		return "", err
	}
	switch f.World {
	case inspect.NewWorld:
		return loongarch.New, nil
	case inspect.OldWorld:
		return loongarch.Old, nil
	}
	return loongarch.Unknown, nil
}
