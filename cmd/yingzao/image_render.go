package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/images/render"
	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// imageRender writes the Dockerfiles of the matrix, or holds those that are there
// against it.
func (a *app) imageRender() *cobra.Command {
	c := a.command("render [BASE…]", msg.Text{EN: "write the Dockerfiles, or check that they are up to date", ZH: "生成 Dockerfile，或检查其是否最新"}, msg.Text{
		EN: "Writes DIR/BASE/VARIANT/Dockerfile for each base, or for those that are named. `image sdk fetch` prepares\nthe folder to build in. With --check nothing is written and a difference exits with 3.",
		ZH: "为每个（或指定的）基础镜像生成 DIR/BASE/VARIANT/Dockerfile。构建所用的目录由 `image sdk fetch` 准备。\n使用 --check 时不写入任何文件，有差异则以 3 退出。",
	})
	c.Args = nil
	c.Example = "  yingzao image render kylin-v10sp3 --to dockerfiles\n  yingzao image sdk fetch --platform amd64,arm64 --to ctx\n  docker build -f dockerfiles/kylin-v10sp3/go/Dockerfile ctx"
	to := c.Flags().String("to", filepath.Join("images", "dockerfiles"), a.say("folder of the Dockerfiles", "Dockerfile 所在目录"))
	check := c.Flags().Bool("check", false, a.say("write nothing; tell what is not up to date", "不写入；列出不是最新的文件"))
	lock := a.lockFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		m, err := loadMatrix(*lock)
		if err != nil {
			return err
		}
		for _, name := range args {
			if _, err := m.Find(name); err != nil {
				return err
			}
		}
		files, err := render.Files(m)
		if err != nil {
			return err
		}
		if len(args) > 0 {
			files = slices.DeleteFunc(files, func(f render.File) bool {
				base, _, _ := strings.Cut(f.Path, "/")
				return !slices.Contains(args, base)
			})
		}
		if *check {
			return a.checkRendered(*to, files, len(args) == 0)
		}
		for _, f := range files {
			if err := writeRendered(c.Context(), filepath.Join(*to, filepath.FromSlash(f.Path)), f.Data); err != nil {
				return err
			}
			a.printf("%s\n", "%s\n", filepath.Join(*to, filepath.FromSlash(f.Path)))
		}
		return nil
	}
	return c
}

func writeRendered(ctx context.Context, path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return msg.Errorf("write Dockerfile: %w", "写入 Dockerfile：%w", err)
	}
	_, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error { _, err := w.Write(data); return err })
	return err
}

// checkRendered names what differs; of a whole folder also what is too much.
func (a *app) checkRendered(to string, files []render.File, whole bool) error {
	bad := 0
	say := func(path string, what msg.Text) {
		bad++
		a.printf("%s: %v\n", "%s：%v\n", path, what)
	}
	known := map[string]bool{}
	for _, f := range files {
		path := filepath.Join(to, filepath.FromSlash(f.Path))
		known[path] = true
		data, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			say(path, msg.Text{EN: "missing", ZH: "缺失"})
		case err != nil:
			return msg.Errorf("read Dockerfile: %w", "读取 Dockerfile：%w", err)
		case !bytes.Equal(data, f.Data):
			say(path, msg.Text{EN: "not up to date", ZH: "不是最新的"})
		}
	}
	if whole {
		err := filepath.WalkDir(to, func(path string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasPrefix(d.Name(), "Dockerfile") && !known[path] {
				say(path, msg.Text{EN: "not in the matrix", ZH: "矩阵中没有"})
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return msg.Errorf("read Dockerfiles: %w", "读取 Dockerfile：%w", err)
		}
	}
	if bad == 0 {
		return nil
	}
	return msg.Errorf("%d Dockerfiles differ from the matrix", "%d 个 Dockerfile 与矩阵不一致", bad).WithKind(msg.Findings).
		WithHint("yingzao image render writes them; change the templates or the matrix, not the Dockerfiles", "用 yingzao image render 重新生成；请修改模板或矩阵，不要直接修改 Dockerfile")
}
