package start

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/generate"
)

func (s *start) gitlab() error {
	template := "go-release.yml"
	if s.Legacy {
		template = "go-release.gitlab-ci.yml"
	}
	merge := msg.Text{
		EN: "Add what is below include: to yours. The jobs are named yingzao-… and use the stages build, test and deploy; if you have stages: of your own, they have to be among them, or set stage_build, stage_merge and stage_publish. A second project in one repository needs another job_prefix.",
		ZH: "把 include: 之下的内容加入您的文件。任务名为 yingzao-…，使用 build、test、deploy 三个阶段；若您自定义了 stages:，须包含它们，或设置 stage_build、stage_merge、stage_publish。同一仓库的第二个项目须使用另一个 job_prefix。",
	}
	var b strings.Builder
	b.WriteString("# " + s.title() + "\n")
	switch {
	case s.Legacy && s.Shared != "":
		return msg.Errorf("write pipeline: GitLab before 17 has no components", "生成流水线：17 之前的 GitLab 没有组件").WithKind(msg.Usage).
			WithHint("leave out --shared; the template is then a file of the repository", "请去掉 --shared；模板将成为仓库中的文件")
	case s.Legacy:
		b.WriteString("include: {local: ci/" + template + "}\n")
		s.variables(&b)
	case s.Shared != "":
		address, version, ok := strings.Cut(s.Shared, "@")
		if !ok || version == "" || strings.Count(strings.Trim(address, "/"), "/") < 2 {
			return msg.Errorf("write pipeline: %q is no component of GitLab", "生成流水线：%q 不是 GitLab 组件", s.Shared).WithKind(msg.Usage).
				WithHint("write GROUP/PROJECT/go-release@VERSION, where the version is a tag, a branch or a commit of that project", "请写作 GROUP/PROJECT/go-release@版本，版本为该项目的标签、分支或提交")
		}
		if host, _, _ := strings.Cut(address, "/"); !strings.ContainsAny(host, ".$") {
			address = "$CI_SERVER_FQDN/" + address
		}
		b.WriteString("include:\n  - component: " + address + "@" + version + "\n")
		s.inputs(&b)
	default:
		b.WriteString("include:\n  - local: ci/" + template + "\n")
		s.inputs(&b)
	}
	s.add(".gitlab-ci.yml", b.String(), merge)
	if s.Shared == "" {
		if err := s.template("ci/" + template); err != nil {
			return err
		}
	}
	s.gitlabNext()
	return nil
}

// template adds the template itself.
func (s *start) template(name string) error {
	data := s.Template
	if data == nil {
		all, err := generate.Files(s.Params)
		if err != nil {
			return err
		}
		data = all["gitlab/templates/go-release.yml"]
		if s.Legacy {
			data = all["gitlab/legacy/go-release.gitlab-ci.yml"]
		}
	}
	s.add(name, string(data), msg.Text{
		EN: "It is a copy of our template and is not meant to be edited.",
		ZH: "它是我们模板的副本，不应手工修改。",
	})
	return nil
}

func (s *start) inputs(b *strings.Builder) {
	for i, p := range s.said() {
		if i == 0 {
			b.WriteString("    inputs:\n")
		}
		b.WriteString("      " + p.Name + ": " + yamlValue(p, s.v[p.Name]) + "\n")
	}
}

// variables are for the template without inputs, in which the rows of the matrix are
// written out.
func (s *start) variables(b *strings.Builder) {
	for i, p := range s.said() {
		if i == 0 {
			b.WriteString("variables:\n")
		}
		b.WriteString("  " + p.Variable() + ": " + quoteYAML(s.v[p.Name]) + "\n")
	}
	if s.v["targets"] == "" {
		return
	}
	b.WriteString("yingzao-build:\n  parallel:\n    matrix:\n")
	for _, t := range pipelines.Split(s.v["targets"]) {
		b.WriteString("      - {TARGET: " + quoteYAML(t) + ", SLUG: " + quoteYAML(strings.NewReplacer("/", "-", ",", "-").Replace(t)) + "}\n")
	}
}

func (s *start) gitlabNext() {
	schemes, _ := s.clouds()
	switch {
	case len(schemes) > 0 && s.v["oidc_role"] != "":
		s.todo("The cloud account needs an identity provider for this GitLab (issuer: its address, audience: %s) and a role that trusts it; no keys are kept anywhere.",
			"云账号中须为该 GitLab 登记身份提供商（颁发者为其地址，受众为 %s），并有信任它的角色；任何地方都不保存密钥。", or(s.v["oidc_audience"], "yingzao"))
	default:
		for _, scheme := range schemes {
			s.todo("Settings → CI/CD → Variables: %s and %s, masked and protected; and protect the tags v*, because protected variables reach nothing else.",
				"设置 → CI/CD → 变量：%s 与 %s，勾选“已屏蔽”和“受保护”；并保护标签 v*，受保护变量只提供给受保护的分支与标签。", keyNames[scheme][0], keyNames[scheme][1])
		}
	}
	s.stores()
	s.tool(msg.Text{EN: "as CI/CD variables", ZH: "以 CI/CD 变量的形式"})
	s.todo("The jobs run in the image of `default: image:` in your file, or the runner's; Go has to be in it.", "任务在文件中 `default: image:` 指定的镜像或运行器默认镜像中运行，其中须有 Go。")
}

// yamlValue is a value as an input.
func yamlValue(p pipelines.Param, value string) string {
	switch p.Type {
	case pipelines.Bool:
		return value
	case pipelines.List:
		var all []string
		for _, m := range pipelines.Split(value) {
			all = append(all, quoteYAML(m))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return quoteYAML(value)
}

// quoteYAML is a text as a scalar, bare where everybody would write it so.
func quoteYAML(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-."
	if strings.Trim(s, plain) == "" && strings.ContainsAny(s, "abcdefghijklmnopqrstuvwxyz") && strings.ContainsAny(s[:1], "abcdefghijklmnopqrstuvwxyz/") && !reserved[strings.ToLower(s)] {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// reserved are words that YAML 1.1 takes for something else than a text.
var reserved = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "null": true, "y": true, "n": true}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
