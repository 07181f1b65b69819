package config

import (
	"cmp"
	"slices"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// billsOf translates what GoReleaser would let syft make. Another program is
// refused: what it would write cannot be known.
func (r *reader) billsOf(list *yaml.Node) (all []SBOM) {
	if slices.Contains(r.ignore, "sboms") {
		if !unused(list) {
			r.notice("ignored", "sboms", list.Line, "sboms is left out, as asked", "按要求略去 sboms")
		}
		return nil
	}
	for _, n := range r.items("sboms", list) {
		var c config.SBOM
		if err := r.file.DecodeNode(n, "sboms", &c); err != nil {
			r.errs = append(r.errs, asOurs(err))
			continue
		}
		if c.Disable == "true" || c.Artifacts == "none" {
			continue
		}
		b, why := billOf(c)
		if !why.IsZero() {
			r.refuse("sboms", n, why)
			continue
		}
		all = append(all, b)
		r.notice("translated", "sboms", n.Line, "sboms: made here from what the go command wrote into the binaries; syft is not run",
			"sboms：根据 go 命令写入二进制的信息在此生成，不运行 syft")
	}
	return all
}

// billOf is one entry with GoReleaser's defaults; why says what stands against it.
func billOf(c config.SBOM) (b SBOM, why msg.Text) {
	if c.Cmd != "" && c.Cmd != "syft" {
		return b, msg.Textf("%s would not be run; bills of materials are made from the binaries themselves", "不会运行 %s；物料清单直接由二进制生成", c.Cmd)
	}
	b = SBOM{IDs: c.IDs, Disable: c.Disable, Name: "{{ .ArtifactName }}.sbom.json"}
	switch about := About(cmp.Or(c.Artifacts, "archive")); about {
	case AboutArchive, AboutPackage:
		b.About = about
	case AboutSource:
		b.About, b.IDs = about, nil
	case AboutBinary:
		b.About, b.Name = about, "{{ .Binary }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}.sbom.json"
	case "any":
		b.About, b.IDs, b.Name = AboutRelease, nil, "{{ .ProjectName }}_{{ .Version }}.sbom.json"
	default:
		return b, msg.Textf("there is no bill of materials for artifacts: %s", "无法为 artifacts: %s 生成物料清单", about)
	}
	if len(c.Documents) > 1 {
		return b, msg.Text{EN: "one entry makes one kind of document; write an entry for each", ZH: "一项只生成一种文档；请分成多项"}
	}
	if len(c.Documents) == 1 {
		b.Name = strings.NewReplacer("${artifact}", "{{ .ArtifactName }}", "$artifact", "{{ .ArtifactName }}").Replace(c.Documents[0])
	}
	b.Format, why = formatOf(c.Args)
	return b, why
}

// formatOf is the format that the arguments ask syft for: SPDX without arguments,
// as GoReleaser has it.
func formatOf(args []string) (format string, why msg.Text) {
	asked := ""
	for i, a := range args {
		name, value, joined := strings.Cut(a, "=")
		if name != "-o" && name != "--output" {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		if asked != "" && asked != value {
			return "", msg.Text{EN: "one entry makes one kind of document; write an entry for each", ZH: "一项只生成一种文档；请分成多项"}
		}
		asked = value
	}
	asked, _, _ = strings.Cut(asked, "=")
	switch {
	case len(args) == 0, asked == "spdx-json", asked == "spdx-json@2.3":
		return "spdx", msg.Text{}
	case asked == "cyclonedx-json", asked == "cyclonedx-json@1.6":
		return "cyclonedx", msg.Text{}
	case asked == "":
		return "", msg.Text{EN: "the arguments do not say which format; write --output spdx-json or cyclonedx-json", ZH: "参数中没有说明格式；请写 --output spdx-json 或 cyclonedx-json"}
	}
	return "", msg.Textf("the format %s is not made; spdx-json (2.3) and cyclonedx-json (1.6) are", "不生成 %s 格式；可生成 spdx-json（2.3）与 cyclonedx-json（1.6）", asked)
}
