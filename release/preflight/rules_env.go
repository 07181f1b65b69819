package preflight

import (
	"strings"

	"golang.org/x/mod/module"
)

// envRules are about the Go environment: PRE020–PRE029.
func envRules() []Rule {
	return []Rule{
		{
			Code: "PRE020", Severity: Error,
			Title: text("GOSUMDB is off", "GOSUMDB 已关闭"),
			Why: text("New modules would enter go.sum unchecked, and toolchains cannot be downloaded at all.",
				"新模块未经校验就会写入 go.sum，而且工具链完全无法下载。"),
			Fix: text("go env -u GOSUMDB (sum.golang.google.cn answers in mainland China), and name private modules only in GOPRIVATE",
				"go env -u GOSUMDB（中国大陆可用 sum.golang.google.cn），只把私有模块写进 GOPRIVATE"),
			check: func(in Input) (bool, []string) { return in.GoEnv["GOSUMDB"] == "off", []string{"GOSUMDB=off"} },
		},
		{
			Code: "PRE021", Severity: Error,
			Title: text("public modules are exempt from the checksum database", "公共模块被排除在校验数据库之外"),
			Why: text("A pattern in GONOSUMDB or GOPRIVATE covers a whole public host, so a tampered module would not be noticed.",
				"GONOSUMDB 或 GOPRIVATE 中的模式覆盖了整个公共站点，模块被篡改也不会被发现。"),
			Fix: text("narrow the pattern to your own hosts or organisation (go env -w GOPRIVATE=git.example.cn,github.com/yourorg)",
				"把模式缩小到自己的站点或组织（go env -w GOPRIVATE=git.example.cn,github.com/yourorg）"),
			check: func(in Input) (bool, []string) {
				evidence := tooWide(in.GoEnv)
				return len(evidence) > 0, evidence
			},
		},
		{
			Code: "PRE022", Severity: Note,
			Title: text("GOFLAGS is set and will be neutralised", "设置了 GOFLAGS，发布时不起作用"),
			Why: text("Release builds take their flags from the project only; what lies in a user's environment must not change bytes.",
				"发布构建的参数只取自项目配置；用户环境不应改变结果。"),
			Fix: text("put flags that the build needs (such as -tags) into the project's configuration",
				"把构建需要的参数（如 -tags）写进项目配置"),
			check: func(in Input) (bool, []string) {
				words := meaningful(in.GoEnv["GOFLAGS"])
				return len(words) > 0, words
			},
		},
	}
}

// publicModules stand for everything their hosts serve: a pattern that covers
// one of them covers more than an organisation's own modules.
var publicModules = []string{
	"github.com/yingzao-canary/canary", "gitlab.com/yingzao-canary/canary", "gitee.com/yingzao-canary/canary", "bitbucket.org/yingzao-canary/canary",
	"golang.org/x/yingzao-canary", "google.golang.org/yingzao-canary", "gopkg.in/yingzao-canary.v1", "go.uber.org/yingzao-canary",
	"k8s.io/yingzao-canary", "sigs.k8s.io/yingzao-canary", "cloud.google.com/go/yingzao-canary", "go.opentelemetry.io/yingzao-canary", "modernc.org/yingzao-canary",
}

// tooWide names the patterns that cover public hosts, with the variable that
// they came from.
func tooWide(env map[string]string) []string {
	var evidence []string
	for pattern := range strings.SplitSeq(env["GONOSUMDB"], ",") {
		pattern = strings.TrimSpace(pattern)
		for _, m := range publicModules {
			if pattern == "" || !module.MatchPrefixPatterns(pattern, m) {
				continue
			}
			name := "GONOSUMDB" // its default is GOPRIVATE
			if env["GONOSUMDB"] == env["GOPRIVATE"] {
				name = "GOPRIVATE"
			}
			host, _, _ := strings.Cut(m, "/")
			evidence = append(evidence, name+"="+pattern+" ("+host+")")
			break
		}
	}
	return evidence
}

// meaningful are the words of GOFLAGS that could change a build.
func meaningful(goflags string) []string {
	var words []string
	for _, w := range strings.Fields(goflags) {
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		switch name {
		case "modcacherw", "p", "v", "x", "n":
		default:
			words = append(words, w)
		}
	}
	return words
}
