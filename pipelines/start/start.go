package start

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// Project is what is known about a project.
type Project struct {
	Module  string   // path in go.mod
	Dir     string   // folder in the repository, with slashes; "" or "." = the repository's own
	Mains   []string // the programs that a release has; nil = not known
	Targets []string // that its configuration names; nil = none are named, the defaults
	Stores  []string // that its configuration publishes to
	BaseURL string   // where readers find them, by the configuration; "" = not said
}

// Options say what to write. The zero value of each is fine.
type Options struct {
	Project Project
	Params  []pipelines.Param
	// Set are parameters that somebody asked for; they win over the project's.
	Set pipelines.Values
	// Shared is the site's copy: for GitLab GROUP/PROJECT/COMPONENT@VERSION, for
	// Jenkins NAME or NAME@VERSION of the library ("" = yingzao), for BlueKing
	// CODE@VERSION of the plug-in. "" = none.
	Shared string
	// Template is the template for GitLab that is put beside the file, such as one
	// of an export; nil = ours. Shared needs none.
	Template []byte
	// Legacy is for GitLab before 17: variables instead of inputs.
	Legacy bool
	// ToolVersion is the version of yingzao that go install may fetch; "" = none is
	// published, so the jobs have to find it otherwise.
	ToolVersion string
	Lang        msg.Lang // of comments
}

// File is a file to write.
type File struct {
	Name  string // below the repository's folder, with slashes
	Data  []byte
	Merge msg.Text // what to do when another one is there
}

// Files are the files for a system (gitlab, jenkins or bkci), the one that people
// edit first, and what is left to do by hand.
func Files(system string, o Options) (files []File, next []msg.Text, err error) {
	makers := map[string]func(*start) error{"gitlab": (*start).gitlab, "jenkins": (*start).jenkins, "bkci": (*start).bkci}
	make, ok := makers[system]
	if !ok {
		return nil, nil, msg.Errorf("write pipeline: there is no system %q", "生成流水线：没有 %q 这个系统", system).WithKind(msg.Usage).
			WithHint("the systems are gitlab, jenkins and bkci", "可用的系统：gitlab、jenkins、bkci")
	}
	s := &start{Options: o, system: system, v: pipelines.Values{}}
	if err := s.values(); err != nil {
		return nil, nil, err
	}
	if err := make(s); err != nil {
		return nil, nil, err
	}
	return s.files, append(s.next, s.last()), nil
}

type start struct {
	Options
	system string
	v      pipelines.Values // what the file says
	files  []File
	next   []msg.Text
}

// values finds what the file has to say.
func (s *start) values() error {
	if d := s.Project.Dir; d != "" && d != "." {
		s.v["dir"] = d
	}
	s.v["publish_to"], s.v["base_url"] = strings.Join(s.Project.Stores, ","), s.Project.BaseURL
	if s.system == "gitlab" { // elsewhere the plan says it when it is made
		s.v["targets"] = strings.Join(s.Project.Targets, ",")
	}
	for name, value := range s.Set {
		if value != "" {
			s.v[name] = value
		}
	}
	tools := func(p pipelines.Param) bool { return strings.HasPrefix(p.Name, "tool_") && s.v[p.Name] != "" }
	if s.Shared == "" && s.Template == nil && !slices.ContainsFunc(s.Params, tools) {
		s.v["tool_version"] = s.ToolVersion
	}
	for name, value := range s.v {
		i := slices.IndexFunc(s.Params, func(p pipelines.Param) bool { return p.Name == name && p.In(s.system) })
		if i < 0 {
			return msg.Errorf("write pipeline: %s has no parameter %q", "生成流水线：%s 没有参数 %q", s.system, name).WithKind(msg.Usage)
		}
		p := s.Params[i]
		if err := p.Check(value); err != nil {
			return err
		}
		if p.Type == pipelines.List {
			value = strings.Join(pipelines.Split(value), ",")
		}
		if value == "" || value == p.DefaultIn(s.system) {
			delete(s.v, name)
		} else {
			s.v[name] = value
		}
	}
	return nil
}

// said are the parameters that the file names, in the order of the reference.
func (s *start) said() []pipelines.Param {
	return slices.DeleteFunc(slices.Clone(s.Params), func(p pipelines.Param) bool { return s.v[p.Name] == "" })
}

func (s *start) add(name, text string, merge msg.Text) {
	s.files = append(s.files, File{name, []byte(text), merge})
}

func (s *start) todo(en, zh string, args ...any) { s.next = append(s.next, msg.Textf(en, zh, args...)) }

// title says what the file is for, as the first line of it.
func (s *start) title() string {
	what := s.Project.Module
	if mains := s.Project.Mains; len(mains) > 1 || len(mains) == 1 && mains[0] != "." {
		what += " (" + strings.Join(s.Project.Mains, ", ") + ")"
	}
	return msg.Textf("The release of %s by yingzao: checked, built for each target, verified, published on tags.", "用营造发布 %s：检查环境，构建各目标，验证，打标签时发布。", what).In(s.Lang)
}

// last is the last thing to do.
func (s *start) last() msg.Text {
	tag := "v1.0.0"
	if d := s.v["dir"]; d != "" {
		tag = d + "/" + tag
	}
	return msg.Textf("Commit it, push, and release by a tag: git tag %s && git push origin %s", "提交并推送，然后用标签发布：git tag %s && git push origin %s", tag, tag)
}

// keyNames are the variables with the keys of a store's cloud, by scheme.
var keyNames = map[string][2]string{
	"oss": {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
	"cos": {"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"},
	"s3":  {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
}

// credential names what holds the keys of a cloud: one name where there is one cloud.
func credential(scheme string, clouds int) string {
	if clouds < 2 {
		return "yingzao"
	}
	return "yingzao-" + scheme
}

// clouds are the schemes of the stores that need keys, each once, and whether there
// are folders among the stores.
func (s *start) clouds() (schemes []string, folders bool) {
	for _, to := range pipelines.Split(s.v["publish_to"]) {
		scheme, _, ok := strings.Cut(to, "://")
		if _, cloud := keyNames[scheme]; !ok || !cloud {
			folders = true
		} else if !slices.Contains(schemes, scheme) {
			schemes = append(schemes, scheme)
		}
	}
	return schemes, folders
}

// stores says what the stores still need, but for keys.
func (s *start) stores() {
	switch _, folders := s.clouds(); {
	case s.v["publish_to"] == "":
		s.todo("Nothing is published yet: the artifacts stay with the pipeline until publish_to names a store.", "目前不会发布：在 publish_to 指定存储之前，产物只保留在流水线中。")
	case folders:
		s.todo("A folder as a store has to be the same one on every machine that publishes.", "以目录作为存储时，执行发布的每台机器上须是同一个目录。")
	}
}

// tool says how jobs find yingzao where nothing else says it.
func (s *start) tool(where msg.Text) {
	if s.Shared != "" || s.Template != nil || s.v["tool_version"] != "" || s.v["tool_url"] != "" {
		return
	}
	s.todo("yingzao has to be on PATH of the machines or in their image; or set YINGZAO_TOOL_URL and YINGZAO_TOOL_SHA256 %s. `yingzao pipeline export` makes a folder with the binaries and templates that know their sums.",
		"机器或镜像的 PATH 中须有 yingzao；或者%s设置 YINGZAO_TOOL_URL 与 YINGZAO_TOOL_SHA256。`yingzao pipeline export` 可生成含二进制的目录，其中的模板已写好校验和。", where)
}
