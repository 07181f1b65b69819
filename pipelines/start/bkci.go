package start

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines/generate"
)

func (s *start) bkci() error {
	var b strings.Builder
	b.WriteString("# " + s.title() + "\nversion: v3.0\nname: go-release\non:\n  push:\n    branches: [main, master]\n  tag:\n    tags: ['v*']\n")
	schemes, _ := s.clouds()
	keys := len(schemes) > 0 && s.v["oidc_role"] == ""
	switch {
	case s.Shared != "" && keys && len(schemes) > 1:
		return msg.Errorf("write pipeline: the plug-in takes the keys of one cloud, and the stores are on %s", "生成流水线：插件只接受一个云的密钥，而存储位于 %s", strings.Join(schemes, ", ")).WithKind(msg.Usage).
			WithHint("leave out --shared: the script takes the keys of several", "请去掉 --shared：脚本方式可使用多个云的密钥")
	case s.Shared != "":
		s.plugin(&b, keys)
	default:
		s.script(&b, schemes, keys)
	}
	s.add(".ci/go-release.yml", b.String(), msg.Text{
		EN: "Put yours under another name in .ci: BlueKing runs every file there; or add the steps to a job of yours.",
		ZH: "把您的文件换一个名字放在 .ci 中：蓝盾会运行其中的每个文件；或者把这些步骤加入您的任务。",
	})
	for _, scheme := range schemes {
		if keys {
			s.todo("Credentials of the project: one named %s, user name and password: the key's id and secret.", "项目的凭据管理：添加名为 %s 的“用户名+密码”凭据：密钥 ID 与密钥。", credential(scheme, len(schemes)))
		}
	}
	s.stores()
	if s.Shared != "" {
		code, _, _ := strings.Cut(s.Shared, "@")
		s.todo("The plug-in %s has to be in the store of this BlueKing: upload bkci/yingzao_release.zip of `yingzao pipeline export`.", "该蓝盾的研发商店中须有插件 %s：上传 `yingzao pipeline export` 所生成的 bkci/yingzao_release.zip。", code)
	} else {
		s.tool(msg.Text{EN: "as variables of the pipeline", ZH: "以流水线变量的形式"})
	}
	s.todo("Turn pipeline as code on for this repository. The build machine needs Go and git.", "为该代码库开启“流水线即代码”（PAC）。构建机上须有 Go 与 git。")
	return nil
}

// plugin runs the plug-in.
func (s *start) plugin(b *strings.Builder, keys bool) {
	shared := s.Shared
	if !strings.Contains(shared, "@") {
		shared += "@1.*"
	}
	b.WriteString("steps:\n  - checkout: self\n  - uses: " + shared + "\n")
	var with []string
	for _, p := range s.said() {
		with = append(with, p.Camel()+": "+quoteYAML(s.v[p.Name]))
	}
	if keys {
		with = append(with, "accessKeyId: ${{ settings."+credential("", 1)+".username }}", "accessKeySecret: ${{ settings."+credential("", 1)+".password }}")
	}
	for i, line := range with {
		if i == 0 {
			b.WriteString("    with:\n")
		}
		b.WriteString("      " + line + "\n")
	}
}

// script brings yingzao and runs it, where there is no plug-in.
func (s *start) script(b *strings.Builder, schemes []string, keys bool) {
	for i, p := range s.said() {
		if i == 0 {
			b.WriteString("variables:\n")
		}
		b.WriteString("  " + p.Variable() + ":\n    value: " + quoteYAML(s.v[p.Name]) + "\n")
	}
	b.WriteString("steps:\n  - checkout: self\n  - name: yingzao\n    run: |\n")
	if keys {
		for _, scheme := range schemes {
			from := credential(scheme, len(schemes))
			b.WriteString("      export " + keyNames[scheme][0] + "='${{ settings." + from + ".username }}'\n" +
				"      export " + keyNames[scheme][1] + "='${{ settings." + from + ".password }}'\n")
		}
	}
	for _, line := range strings.SplitAfter(generate.Install, "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString("      ")
		}
		b.WriteString(line)
	}
	b.WriteString("      yingzao pipeline run " + or(s.v["stage"], "release") + "\n")
}
