package start

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

func (s *start) jenkins() error {
	library := or(s.Shared, "yingzao")
	if schemes, _ := s.clouds(); s.v["credentials_id"] == "" {
		var ids []string
		for _, scheme := range schemes {
			if id := credential(scheme, len(schemes)); len(schemes) == 1 || s.v["oidc_role"] != "" {
				ids = []string{credential(scheme, 1)} // the identity is one, whatever the clouds
			} else {
				ids = append(ids, scheme+"="+id)
			}
		}
		s.v["credentials_id"] = strings.Join(ids, ",")
	}
	var args []string
	for _, p := range s.said() {
		args = append(args, p.Camel()+": "+groovyValue(p, s.v[p.Name]))
	}
	call := "goRelease " + strings.Join(args, ", ")
	if len(args) == 0 {
		call = "goRelease()"
	}
	s.add("Jenkinsfile", "// "+s.title()+"\n@Library("+quoteGroovy(library)+") _\n"+call+"\n", msg.Text{
		EN: "Put the @Library line at the top of yours, and the call where no node is taken: it takes a machine for each target. In a declarative pipeline with `agent none` it stands in steps { script { … } }.",
		ZH: "将 @Library 一行放在您文件的开头，并在未占用节点的位置调用：它会为每个目标各取一台机器。在使用 `agent none` 的声明式流水线中，写在 steps { script { … } } 里。",
	})
	for _, id := range pipelines.Split(s.v["credentials_id"]) {
		id = id[strings.Index(id, "=")+1:]
		what := msg.Text{EN: "user name and password: the key's id and secret", ZH: "用户名和密码：密钥 ID 与密钥"}
		if s.v["oidc_role"] != "" {
			what = msg.Text{EN: "secret text: the identity token of an OpenID Connect provider", ZH: "Secret text：OpenID Connect 提供方的身份令牌"}
		}
		s.todo("Manage Jenkins → Credentials: one with the id %s (%s).", "Manage Jenkins → Credentials：添加 ID 为 %s 的凭据（%s）。", id, what)
	}
	s.stores()
	name, _, _ := strings.Cut(library, "@")
	s.todo("Manage Jenkins → System → Global Trusted Pipeline Libraries: a library named %s, from a repository with the folder jenkins of `yingzao pipeline export`.", "Manage Jenkins → System → Global Trusted Pipeline Libraries：登记名为 %s 的库，其仓库内容为 `yingzao pipeline export` 所生成的 jenkins 目录。", name)
	s.todo("Make it a multibranch pipeline that discovers tags: only a build of a tag publishes.", "请建成能发现标签的多分支流水线：只有标签的构建才会发布。")
	if s.Shared == "" {
		s.tool(msg.Text{EN: "in the environment of the agents", ZH: "在代理节点的环境中"})
	}
	return nil
}

// groovyValue is a value as an argument of the step.
func groovyValue(p pipelines.Param, value string) string {
	switch p.Type {
	case pipelines.Bool:
		return value
	case pipelines.List:
		var all []string
		for _, m := range pipelines.Split(value) {
			all = append(all, quoteGroovy(m))
		}
		if len(all) == 1 {
			return all[0]
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return quoteGroovy(value)
}

// quoteGroovy is a text in which Groovy replaces nothing.
func quoteGroovy(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
