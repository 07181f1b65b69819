package bootstrap

import (
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Org is what an organisation wants on its desks: the section bootstrap of
// .yingzao.yaml. The zero value wants nothing.
type Org struct {
	// Name says whose file it is; the sequence counts within a name.
	Name string `yaml:"name"`
	// Sequence grows with each change of the file. A desk refuses one that is lower
	// than what it has seen. 0 = not counted.
	Sequence int64 `yaml:"sequence"`

	GOPROXY     string   `yaml:"goproxy"`     // "" = the profile's, or what stood before earlier files
	GOSUMDB     string   `yaml:"gosumdb"`     // "" = as before earlier files, but off is taken away; off is refused
	Private     []string `yaml:"private"`     // GOPRIVATE
	NoProxy     []string `yaml:"noproxy"`     // GONOPROXY where it differs from Private
	NoSumDB     []string `yaml:"nosumdb"`     // GONOSUMDB where it differs from Private
	GOTOOLCHAIN string   `yaml:"gotoolchain"` // "" = as before earlier files

	Git []GitHost `yaml:"git"`
	// CA is the site's certificate in PEM form, or a path beside the file.
	CA string `yaml:"ca"`

	Go    OrgGo  `yaml:"go"`
	Tools []Tool `yaml:"tools"`
}

// OrgGo is which Go, and what vouches for it beside the database.
type OrgGo struct {
	Version string `yaml:"version"` // "1.26.8"; "" = the newest that the program knows
	// H1 and SHA256 are pins for each platform, "linux/amd64", or
	// "linux/loong64-abi1.0" for the old LoongArch world.
	H1     map[string]string `yaml:"h1"`
	SHA256 map[string]string `yaml:"sha256"`
	// Archives are base URLs of archive mirrors; nil = the usual ones.
	Archives []string `yaml:"archives"`
}

// GitHost is a host of private modules.
type GitHost struct {
	Host string `yaml:"host"` // git.corp.example
	// SSH makes git use ssh://USER@HOST/ where https://HOST/ is written.
	SSH  bool   `yaml:"ssh"`
	User string `yaml:"user"` // "" = git
	// Helper is the credential helper for the host: "osxkeychain", "manager",
	// "cache", "libsecret"; "" = none is named. Passwords have no place here.
	Helper string `yaml:"helper"`
}

// Tool is a program that is built from a module by the Go that was proven.
type Tool struct {
	Module  string `yaml:"module" json:"module"`
	Package string `yaml:"package" json:"package"` // "" = the module's own folder
	Version string `yaml:"version" json:"version"` // exact: v0.20.0
	H1      string `yaml:"h1" json:"h1,omitempty"` // of the module; "" = as the checksum database says
}

// ParseOrg reads the section bootstrap of a .yingzao.yaml.
func ParseOrg(name string, data []byte) (*Org, error) {
	sections, err := yamlfile.Open(name, data)
	if err != nil {
		return nil, err
	}
	if !sections.Has("bootstrap") {
		return nil, msg.Errorf("%s: there is no section bootstrap", "%s：缺少 bootstrap 一节", name).WithKind(msg.Usage).
			WithHint("it may hold goproxy, private, git, ca, go and tools", "其中可写 goproxy、private、git、ca、go 与 tools")
	}
	o := &Org{}
	if err := sections.Decode("bootstrap", o); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, msg.Errorf("%s: bootstrap.%w", "%s：bootstrap.%w", name, err).WithKind(msg.Usage)
	}
	return o, nil
}

func (o *Org) validate() error {
	for _, v := range []struct{ key, value string }{{"goproxy", o.GOPROXY}, {"gosumdb", o.GOSUMDB}, {"gotoolchain", o.GOTOOLCHAIN}} {
		if strings.ContainsAny(v.value, "\n\r\x00") {
			return msg.Errorf("%s: one line only", "%s：只能为一行", v.key)
		}
	}
	if _, err := goenv.ParseProxies(o.GOPROXY); o.GOPROXY != "" && err != nil {
		return msg.Errorf("goproxy: %w", "goproxy：%w", err)
	}
	if o.GOSUMDB != "" {
		db, err := goenv.ParseSumDB(o.GOSUMDB)
		if err != nil {
			return msg.Errorf("gosumdb: %w", "gosumdb：%w", err)
		}
		if db.Off {
			return msg.Errorf("gosumdb: off would let every mirror hand out anything", "gosumdb：off 会让任何镜像都能提供任意内容").
				WithHint("list private modules under private instead", "请改为在 private 中列出私有模块")
		}
	}
	if _, err := goenv.ParseToolchain(o.GOTOOLCHAIN); o.GOTOOLCHAIN != "" && err != nil {
		return msg.Errorf("gotoolchain: %w", "gotoolchain：%w", err)
	}
	for _, list := range [][]string{o.Private, o.NoProxy, o.NoSumDB} {
		for _, p := range list {
			if p == "" || strings.ContainsAny(p, ", \t\n\r\"'") || strings.Contains(p, "://") {
				return msg.Errorf("private: %q is no pattern of module paths", "private：%q 不是模块路径的模式", p).
					WithHint("write git.corp.example or git.corp.example/team/*", "请写成 git.corp.example 或 git.corp.example/team/*")
			}
		}
	}
	for i, g := range o.Git {
		if g.Host == "" || strings.ContainsAny(g.Host+g.User+g.Helper, " \t\n\r\"\\'/@;#!") {
			return msg.Errorf("git: entry %d: host, user and helper are plain words", "git：第 %d 项：host、user 与 helper 只能是普通词", i+1).
				WithHint("write host: git.corp.example, without https:// and without a password", "请写 host: git.corp.example，不带 https://，也不带密码")
		}
	}
	for _, t := range o.Tools {
		if module.Check(t.Module, t.Version) != nil || semver.Canonical(t.Version) != strings.TrimSuffix(t.Version, "+incompatible") {
			return msg.Errorf("tools: %s@%s: a module path and an exact version are needed", "tools：%s@%s：需要模块路径和确切版本", t.Module, t.Version).
				WithHint("for example module: golang.org/x/tools/gopls, version: v0.20.0", "例如 module: golang.org/x/tools/gopls，version: v0.20.0")
		}
		if pkg := t.pkg(); pkg != t.Module && !strings.HasPrefix(pkg, t.Module+"/") || module.CheckImportPath(pkg) != nil {
			return msg.Errorf("tools: the package %s is not in the module %s", "tools：包 %s 不在模块 %s 中", pkg, t.Module)
		}
	}
	return nil
}

func (t Tool) pkg() string {
	if t.Package == "" {
		return t.Module
	}
	return t.Package
}

// name is what the go command calls the program.
func (t Tool) name() string {
	prefix, _, ok := module.SplitPathVersion(t.pkg())
	if !ok {
		prefix = t.pkg()
	}
	return prefix[strings.LastIndexByte(prefix, '/')+1:]
}
