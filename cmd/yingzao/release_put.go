package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// The example stands in both languages: it is a file.
const publishersExample = `  # .goreleaser.yaml
  publishers:
    - name: yingzao
      checksum: true
      signature: true
      cmd: >-
        yingzao release put --to 'oss://bucket/downloads?region=cn-hangzhou'
        --project {{ .ProjectName }} --version {{ .Version }}
        --name {{ .ArtifactName }} {{ .ArtifactPath }}
      env:
        - OSS_ACCESS_KEY_ID={{ .Env.OSS_ACCESS_KEY_ID }}
        - OSS_ACCESS_KEY_SECRET={{ .Env.OSS_ACCESS_KEY_SECRET }}

  goreleaser release
  yingzao release publish --from dist --to 'oss://bucket/downloads?region=cn-hangzhou'`

// releasePut sends single files of a version that does not exist yet.
func (a *app) releasePut() *cobra.Command {
	c := a.command("put FILE…", msg.Text{EN: "send single files of a version, as GoReleaser's publishers do", ZH: "逐个上传版本的文件，供 GoReleaser 的 publishers 使用"}, msg.Text{
		EN: "Sends files to PROJECT/VERSION/ without ever overwriting; the same bytes are skipped. That makes no\nversion: nothing leads readers to the files until `yingzao release publish --from dist` has checked them\nall, sent what is missing, and written manifest, index and latest.json. Run it within a day.\nQuote the URL in cmd, and hand on the credentials by env: GoReleaser passes nothing else.",
		ZH: "把文件上传到 PROJECT/VERSION/，绝不覆盖；内容相同则跳过。这还不构成版本：只有当\n`yingzao release publish --from dist` 核对了全部文件、补齐缺失并写入清单、索引与 latest.json 之后，\n读者才会看到它们。请在一天之内执行。cmd 中的 URL 须加引号，凭据须经 env 传入：GoReleaser 不传递其他变量。",
	})
	c.Args = nil
	c.Example = publishersExample
	to := a.toFlag(c)
	f := c.Flags()
	project := f.String("project", "", a.say("the project (default: as the metadata file says)", "项目（默认：取自元数据文件）"))
	version := f.String("version", "", a.say("the version (default: as the metadata file says)", "版本（默认：取自元数据文件）"))
	name := f.String("name", "", a.say("the name in the store, for one file (default: its own)", "在存储中的名称，仅限一个文件（默认：原名）"))
	metadata := f.String("metadata", filepath.Join("dist", "metadata.json"), a.say("GoReleaser's metadata file", "GoReleaser 的元数据文件"))
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		files, err := putFiles(args, *name)
		if err != nil {
			return err
		}
		st, _, _, err := a.storeAnd(c, *to, nil, 0, 1)
		if err != nil {
			return err
		}
		if *project == "" || *version == "" {
			p, v, err := release.ReadMetadata(*metadata)
			if err != nil {
				return err
			}
			if *project == "" {
				*project = p
			}
			if *version == "" {
				*version = v
			}
		}
		r, err := publish.Put(c.Context(), st, *project, *version, files, publish.Options{})
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(r)
		}
		for _, f := range r.Files {
			if f.Already {
				a.printf("%s was there already with the same bytes\n", "%s 已存在且字节相同\n", f.URL)
			} else {
				a.printf("%s (%s)\n", "%s（%s）\n", f.URL, term.Size(f.Size))
			}
		}
		return nil
	}
	return c
}

// putFiles gives each local file its name in the store.
func putFiles(args []string, name string) (map[string]string, error) {
	files := map[string]string{}
	switch {
	case len(args) == 0:
		return nil, msg.Errorf("put: name a file", "上传：请指定文件").WithHint("for example: yingzao release put --to URL dist/tool.tar.gz", "例如：yingzao release put --to URL dist/tool.tar.gz").WithKind(msg.Usage)
	case name != "" && len(args) > 1:
		return nil, msg.Errorf("put: --name is for one file, here are %d", "上传：--name 仅限一个文件，此处有 %d 个", len(args)).WithKind(msg.Usage).
			WithHint("put them one by one", "请逐个上传")
	case name != "":
		files[name] = args[0]
		return files, nil
	}
	for _, path := range args {
		base := filepath.Base(path)
		if twice, taken := files[base]; taken {
			return nil, msg.Errorf("put: %s and %s have the same name", "上传：%s 与 %s 同名", twice, path).WithKind(msg.Usage).
				WithHint("put them one by one, with --name", "请逐个上传，并使用 --name")
		}
		files[base] = path
	}
	return files, nil
}
