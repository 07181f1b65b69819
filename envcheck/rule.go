package envcheck

import "github.com/yingzao-dev/yingzao/internal/msg"

// Basis says how the behaviour behind a rule is known.
type Basis string

// The bases. A test of every Measured rule runs the real go command and asserts
// what it does.
const (
	Measured Basis = "measured" // the real go command was run in this state
	Lexical  Basis = "lexical"  // follows from the value alone, or from the go command's source
	Recorded Basis = "recorded" // tested on recorded data: another system, other hardware
)

// Rule is one thing that can be wrong, documented. All text comes from here:
// terminal, explain, the table in README.md, the reports.
type Rule struct {
	Code     string // area and number, "PRX001"; frozen once released
	Severity Severity
	Basis    Basis
	Title    msg.Text // what is wrong, in one line without a full stop
	Why      msg.Text // what follows from it, and how that is known
	Fix      msg.Text // what to do, in words; never GOSUMDB=off, GOROOT, or skipping TLS checks
	Before   string   // an example that yields the finding, as one would write it
	After    string   // the same, mended
	Since    string   // the yingzao version that brought the rule

	// Causes are codes: where one of them was found at the same place, this rule's
	// findings are only consequences and are not shown.
	Causes []string

	// Online marks a rule that needs Snapshot.Network, Deep one that needs
	// Snapshot.Deep. Without that part the rule is not run, and counted as such.
	Online, Deep bool

	// Find looks for it. It must not change the view.
	Find func(*View) []Finding
}

// Area returns the letters of the code, "PRX".
func (r Rule) Area() string {
	for i, c := range r.Code {
		if c >= '0' && c <= '9' {
			return r.Code[:i]
		}
	}
	return r.Code
}

// Areas are the areas in the order in which reports group them.
func Areas() []Area {
	return []Area{
		{"ROOT", msg.Text{EN: "Go installation", ZH: "Go 安装"}},
		{"TCH", msg.Text{EN: "Toolchain and version", ZH: "工具链与版本"}},
		{"ENV", msg.Text{EN: "Settings and env file", ZH: "设置与 env 文件"}},
		{"PRX", msg.Text{EN: "Module mirrors (GOPROXY)", ZH: "模块镜像（GOPROXY）"}},
		{"SUM", msg.Text{EN: "Checksum database (GOSUMDB)", ZH: "校验和数据库（GOSUMDB）"}},
		{"PRV", msg.Text{EN: "Private modules", ZH: "私有模块"}},
		{"FLG", msg.Text{EN: "GOFLAGS", ZH: "GOFLAGS"}},
		{"MOD", msg.Text{EN: "Modules and workspace", ZH: "模块与工作区"}},
		{"NET", msg.Text{EN: "HTTP proxies and network", ZH: "HTTP 代理与网络"}},
		{"TLS", msg.Text{EN: "TLS and clock", ZH: "TLS 与时钟"}},
		{"VCS", msg.Text{EN: "Git and credentials", ZH: "Git 与凭据"}},
		{"CGO", msg.Text{EN: "cgo and target", ZH: "cgo 与目标平台"}},
		{"CCH", msg.Text{EN: "Caches and disk", ZH: "缓存与磁盘"}},
		{"WIN", msg.Text{EN: "Windows", ZH: "Windows"}},
		{"CI", msg.Text{EN: "CI and containers", ZH: "CI 与容器"}},
		{"BIN", msg.Text{EN: "Built programs", ZH: "构建产物"}},
	}
}

// Area is a group of rules.
type Area struct {
	Letters string
	Title   msg.Text
}
