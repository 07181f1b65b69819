package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
)

// releaseSign signs a dist folder, a published version, or files.
func (a *app) releaseSign() *cobra.Command {
	c := a.command("sign [FILE…]", msg.Text{EN: "sign a dist folder, a published version, or files", ZH: "为 dist 目录、已发布的版本或文件签名"}, msg.Text{
		EN: "Without arguments signs the dist folder, by the keys that are named here, or else in the project's sign section:\nmanifest.json and SHA256SUMS with a minisign key, manifest.json and SM3SUMS with an SM2 key, and with both\nhow it was made, provenance.intoto.json. With --to, adds a further signature to a version that\nis published, once every byte of it was verified. With files, signs these; so a next trust.yaml is accepted.\nA password is taken from YINGZAO_SIGN_PASSWORD or asked for on a terminal.",
		ZH: "不带参数时，用此处指定的密钥（未指定则用项目 sign 段所列的密钥）为 dist 目录签名：\nminisign 密钥签 manifest.json 与 SHA256SUMS，SM2 密钥签 manifest.json 与 SM3SUMS，两者都签记录构建方式的 provenance.intoto.json。使用 --to 时，先校验已发布版本的每个字节，再为其\n追加签名。给出文件时为这些文件签名，例如新的 trust.yaml。密码取自 YINGZAO_SIGN_PASSWORD，或在终端中询问。",
	})
	c.Example = "  yingzao release sign --key-file release.key\n  yingzao release sign --to file:///srv/downloads --project demo --version 1.2.0\n  yingzao release sign trust.yaml"
	c.Args = nil
	from := c.Flags().String("from", "dist", a.say("the dist folder", "dist 目录"))
	to := a.toFlag(c)
	project := c.Flags().String("project", "", a.say("with --to: the project", "与 --to 同用：项目"))
	version := c.Flags().String("version", "", a.say("with --to: the version instead of the latest", "与 --to 同用：指定版本，而非最新版本"))
	sm3 := c.Flags().Bool("sm3", false, a.say("write SM3SUMS even without an SM2 key", "即使没有 SM2 密钥也写出 SM3SUMS"))
	section := a.signSection(c)
	secrets := a.secretFlags(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if *to != "" && (len(args) > 0 || *project == "") {
			return msg.Errorf("sign: --to takes a --project and no files", "签名：--to 需要 --project，且不接受文件").WithKind(msg.Usage).
				WithHint("for example: --to /srv/downloads --project demo --version 1.2.0", "例如：--to /srv/downloads --project demo --version 1.2.0")
		}
		var names []string
		var err error
		switch {
		case *to != "":
			names, err = a.signPublished(c.Context(), *to, *project, *version, secrets())
		case len(args) > 0:
			names, err = signFiles(c.Context(), args, secrets())
		default:
			names, err = signDist(c.Context(), *from, section, secrets(), *sm3)
		}
		if err != nil {
			return err
		}
		if format.json() {
			return a.printJSON(struct {
				Schema int      `json:"schema"`
				Files  []string `json:"files"`
			}{1, append([]string{}, names...)})
		}
		for _, n := range names {
			a.printf("signed  %s\n", "已签名  %s\n", n)
		}
		if len(names) == 0 {
			a.printf("the signatures are there already; nothing was written\n", "签名已存在；未写入任何内容\n")
		}
		return nil
	}
	return c
}

func (a *app) signPublished(ctx context.Context, to, project, version string, from release.Keys) ([]string, error) {
	keys, err := someKeys(from.Signers())
	if err != nil {
		return nil, err
	}
	st, err := a.stores().Open(ctx, to)
	if err != nil {
		return nil, err
	}
	return release.SignPublished(ctx, st, project, version, keys)
}

func signFiles(ctx context.Context, files []string, from release.Keys) (names []string, err error) {
	keys, err := someKeys(from.Signers())
	for _, file := range files {
		if err != nil {
			return nil, err
		}
		var made []string
		made, err = release.SignFile(ctx, file, keys)
		names = append(names, made...)
	}
	return names, err
}

func signDist(ctx context.Context, dist string, project *signSection, from release.Keys, sm3 bool) ([]string, error) {
	m, err := release.ReadDist(ctx, dist)
	if err != nil {
		return nil, err
	}
	keys, section, err := from.ForDist(project.dir, project.config, dist, m)
	if keys, err = someKeys(keys, err); err != nil {
		return nil, err
	}
	return release.SignDist(ctx, dist, m, keys, sm3 || section.SM3)
}
