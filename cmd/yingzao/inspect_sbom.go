package main

import (
	"github.com/spf13/cobra"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// inspectFormat is the value of inspect's --format.
type inspectFormat struct{ outputFormat }

func (f *inspectFormat) bill() bool   { return f.String() == sbom.CycloneDX || f.String() == sbom.SPDX }
func (f *inspectFormat) Type() string { return "text|json|cyclonedx|spdx" }

// Set is part of pflag.Value.
func (f *inspectFormat) Set(s string) error {
	if s == sbom.CycloneDX || s == sbom.SPDX {
		f.outputFormat = outputFormat(s)
		return nil
	}
	if f.outputFormat.Set(s) != nil {
		return msg.Errorf("it is text, json, cyclonedx or spdx", "只能是 text、json、cyclonedx 或 spdx")
	}
	return nil
}

// inspectBill writes the bill of materials of one program.
func (a *app) inspectBill(c *cobra.Command, format string, args []string) error {
	for _, other := range []string{"target", "cpu", "allow-dynamic", "vulndb"} {
		if c.Flags().Changed(other) {
			return msg.Errorf("--%s: not together with --format %s", "--%s：不能与 --format %s 合用", other, format).WithKind(msg.Usage).
				WithHint("a bill of materials judges nothing; run inspect once more without it", "物料清单不作判断；请另行运行一次 inspect")
		}
	}
	if len(args) != 1 {
		return msg.Errorf("inspect: --format %s is about one program", "inspect：--format %s 针对一个程序", format).WithKind(msg.Usage).
			WithHint("for example: yingzao inspect --format %s dist/app", "例如：yingzao inspect --format %s dist/app", format)
	}
	doc, err := release.SBOMOf(c.Context(), args[0], format)
	if err != nil {
		return inspectError(args[0], err)
	}
	_, err = a.out.Write(doc)
	return err
}
