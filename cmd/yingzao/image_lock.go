package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/assemble"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// lockFlag adds --lock.
func (a *app) lockFlag(c *cobra.Command) *string {
	return c.Flags().String("lock", "", a.say("digests of the bases as this site has them, a JSON file (default: those of this program)", "本现场基础镜像的摘要，JSON 文件（默认：程序自带的）"))
}

// loadMatrix is the table, with the digests of a site's own lock if one is named.
func loadMatrix(lock string) (*matrix.Matrix, error) {
	m, err := matrix.Load()
	if err != nil || lock == "" {
		return m, err
	}
	l, err := matrix.LoadLock(lock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("--lock: there is no file %s", "--lock：没有文件 %s", lock).WithKind(msg.Usage).
			WithHint("yingzao image lock --to %s makes one", "yingzao image lock --to %s 可生成", lock)
	}
	if err != nil {
		return nil, err
	}
	return m, m.Pin(l)
}

// imageLock looks at the bases and notes their digests.
func (a *app) imageLock() *cobra.Command {
	c := a.command("lock [BASE…]", msg.Text{EN: "pull bases and note their digests for --lock", ZH: "拉取基础镜像并记录其摘要，供 --lock 使用"}, msg.Text{
		EN: "Pulls each platform of the bases (default: all of the matrix), checks architecture, packages and LoongArch\nworld, and writes the digests that passed. Digests of other bases in the file stay. Exits with 4 when\nsome could not be pulled.",
		ZH: "拉取各基础镜像（默认：矩阵中的全部）的每个平台，检查其架构、软件包体系与龙架构世界，写入通过检查的摘要。\n文件中其他基础镜像的摘要保持不变。有基础镜像无法拉取时以 4 退出。",
	})
	c.Args = nil
	c.Example = "  yingzao image lock openeuler-24.03 --to lock.json\n  yingzao image build --base openeuler-24.03 --lock lock.json --to oci:out"
	to := c.Flags().String("to", "", a.say("the lock file, made or updated", "锁文件，新建或更新"))
	cache := c.Flags().String("cache", "", a.say("folder for layers (default: in the user's cache folder)", "镜像层的缓存目录（默认：位于用户缓存目录中）"))
	c.RunE = func(c *cobra.Command, args []string) error {
		if *to == "" {
			return msg.Errorf("image lock: --to is needed", "image lock：需要 --to").WithKind(msg.Usage).WithHint("for example --to lock.json", "例如 --to lock.json")
		}
		m, err := matrix.Load()
		if err != nil {
			return err
		}
		lock, err := matrix.LoadLock(*to)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		bases := m.Bases
		if len(args) > 0 {
			bases = nil
			for _, name := range args {
				b, err := m.Find(name)
				if err != nil {
					return err
				}
				bases = append(bases, b)
			}
		}
		folder, err := (&sdkFlags{cache: *cache}).cacheFolder(a)
		if err != nil {
			return err
		}
		failed, err := a.lookAtBases(c.Context(), bases, filepath.Join(folder, "layers"), &lock)
		if err != nil {
			return err
		}
		if err := goenv.WriteFile(*to, lock.Encode(), 0o644); err != nil {
			return msg.Errorf("write the lock: %w", "写入锁文件：%w", err).WithHint("name a file in a folder that may be written to", "请指定可写目录中的文件")
		}
		if failed > 0 {
			return silent{exitIncomplete}
		}
		return nil
	}
	return c
}

// lookAtBases pulls and checks; what fails is said and counted, and the others go on.
func (a *app) lookAtBases(ctx context.Context, bases []matrix.Base, cache string, lock *matrix.Lock) (failed int, err error) {
	client := httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)})
	defer client.CloseIdleConnections()
	p := a.progress()
	defer p.Close()
	for _, b := range bases {
		for _, at := range b.Platforms {
			if !at.Hole.IsZero() || b.Family == matrix.None {
				continue
			}
			o := assemble.CheckOptions{Base: assemble.Source{Kind: assemble.Registry, Ref: b.RefFor(at.Arch)}, Cache: cache, Transport: client.Transport, Progress: imageProgress(p)}
			o.Need = assemble.Need{Arch: at.Arch, Family: b.Family, World: loongarch.World(at.World)}
			f, err := assemble.Check(ctx, o)
			if ctx.Err() != nil {
				return failed, err
			}
			if err != nil {
				failed++
				a.note("%s %s: %v\n", "%s %s：%v\n", b.Name, archOf(at), err)
				continue
			}
			digest := cmp.Or(f.Index, f.Digest) // one for all platforms where there is one
			lock.Set(b.Name, at.Arch, digest)
			a.printf("%s  %s  %s\n", "%s  %s  %s\n", term.Pad(b.Name, 16), term.Pad(archOf(at), 14), digest)
		}
	}
	return failed, nil
}
