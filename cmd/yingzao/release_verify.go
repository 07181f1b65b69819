package main

import (
	"context"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// releaseVerify reads a store back, or looks at files that were downloaded.
func (a *app) releaseVerify() *cobra.Command {
	c := a.command("verify STORE|FILE…", msg.Text{EN: "read a store back and check every byte and signature", ZH: "读回存储并校验每一个字节与签名"}, msg.Text{
		EN: "Checks the latest version of every project found in the store: pointers, manifest, sizes and digests,\nand every binary inside the archives. A skipped check is reported as skipped. With --key or --trust the\nsignatures have to be what they ask for. FILE is one file that was downloaded, with FILE.minisig or with\nSHA256SUMS and SHA256SUMS.minisig (SM3SUMS and SM3SUMS.sm2sig) beside it. Nothing is asked of the network\nbut the store itself.",
		ZH: "校验存储中每个项目的最新版本：指针、清单、大小与摘要，以及归档内的每个二进制。\n被跳过的检查会如实标为“跳过”。使用 --key 或 --trust 时，签名必须满足其要求。FILE 是下载的单个文件，\n旁边须有 FILE.minisig，或 SHA256SUMS 与 SHA256SUMS.minisig（SM3SUMS 与 SM3SUMS.sm2sig）。\n除存储本身外不访问任何网络。",
	})
	c.Args = nil
	o := release.VerifyOptions{}
	c.Flags().StringVar(&o.Project, "project", "", a.say("only this project", "仅此项目"))
	c.Flags().StringVar(&o.Version, "version", "", a.say("this version instead of the latest", "指定版本，而非最新版本"))
	c.Flags().BoolVar(&o.Run, "run", false, a.say("run each binary, natively or by qemu-user", "运行每个二进制（本机或 qemu-user）"))
	trusted := a.trustFlags(c)
	scan := a.vulnFlags(c)
	format := a.formatFlag(c)
	c.RunE = func(c *cobra.Command, args []string) (err error) {
		if o.Trust, err = trusted(); err != nil {
			return err
		}
		scanner, err := scan()
		if err != nil {
			return err
		}
		o.Scan = scanning(scanner)
		if slices.ContainsFunc(args, isFile) {
			return a.verifyFiles(c.Context(), args, o.Trust, format)
		}
		if len(args) != 1 {
			return msg.Errorf("verify: name one store", "校验：请指定一个存储").WithHint("for example: yingzao release verify dist/site", "例如：yingzao release verify dist/site").WithKind(msg.Usage)
		}
		st, err := a.stores().Open(c.Context(), args[0])
		if err != nil {
			return err
		}
		r, err := release.Verify(c.Context(), st, o)
		if r == nil {
			return err
		}
		return printReport(a, format, r, a.printVerified, err)
	}
	return c
}

func isFile(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}

// verifyFiles looks at files by what lies beside them.
func (a *app) verifyFiles(ctx context.Context, files []string, o trust.Options, format *outputFormat) error {
	if o.Policy == nil {
		return msg.Errorf("verify: whose signature should the file have?", "校验：文件应有谁的签名？").WithKind(msg.Usage).
			WithHint("add --key with the project's public key, from a place you trust, or --trust trust.yaml", "请用 --key 给出来自可信渠道的项目公钥，或使用 --trust trust.yaml")
	}
	report := struct {
		Schema int                 `json:"schema"`
		OK     bool                `json:"ok"`
		Files  []*trust.FileReport `json:"files"`
	}{Schema: 1, OK: true}
	var first error
	for _, path := range files {
		r, err := trust.CheckFile(ctx, path, o)
		if err != nil {
			return err
		}
		if o.Sequences != nil {
			if err := r.Record(ctx, *o.Sequences); err != nil {
				return err
			}
		}
		report.Files = append(report.Files, r)
		if err := r.Err(); err != nil && first == nil {
			first, report.OK = err, false
		}
		if !format.json() {
			a.printFile(r)
		}
	}
	if format.json() {
		if err := a.printJSON(report); err != nil {
			return err
		}
	}
	return first
}

func (a *app) printFile(r *trust.FileReport) {
	word := a.style.Green(a.say("passed", "通过"))
	if !r.OK {
		word = a.style.Red(a.say("FAILED", "失败"))
	}
	a.printf("%s  %s  %s %s\n", "%s  %s  %s %s\n", word, r.File, r.Project, r.Version)
	for _, f := range r.Findings {
		a.printf("  %s %s %s: %s\n", "  %s %s %s：%s\n", a.severity(f.Severity), f.Code, f.Subject, f.Text)
	}
}
