package preflight

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// describe fills in severity and prose.
func (f *CgoFinding) describe() {
	f.Severity = Error
	switch f.Class {
	case Excluded:
		f.Title = msg.Textf("%s cannot be built without cgo: none of its files remain", "%s 没有 cgo 就无法构建：一个文件都不剩", f.Package)
	case Stub:
		f.Title = msg.Textf("%s loses its cgo files (%s); what remains builds, but may only return errors at run time",
			"%s 会失去 cgo 文件（%s）；剩下的能编译，但运行时可能只会报错", f.Package, few(f.Lost))
	case Differs:
		f.Severity = Warning
		f.Title = msg.Textf("%s chooses other files without cgo (%s instead of %s)", "%s 没有 cgo 时会选用其他文件（%s，而不是 %s）", f.Package, few(f.Gained), few(f.Lost))
	}
	allow := text("allow a dynamic binary for this build (CGO_ENABLED=1 in its env) and build it on the target system",
		"允许该构建使用动态链接（在 env 中设 CGO_ENABLED=1），并在目标系统上构建")
	if f.Class == Differs {
		f.Fix = text("test the program built with CGO_ENABLED=0; if it works, nothing has to be done", "请用 CGO_ENABLED=0 构建并测试；如果正常，则无需处理")
		return
	}
	var en, zh []string
	for _, r := range f.Replacements {
		en, zh = append(en, r.In(msg.English)), append(zh, r.In(msg.Chinese))
	}
	if len(en) == 0 {
		f.Fix = msg.Textf("find a pure-Go replacement, or drop the import; else %v", "寻找纯 Go 的替代，或去掉该依赖；否则%v", allow)
		return
	}
	f.Fix = msg.Text{
		EN: "use a pure-Go replacement: " + strings.Join(en, " or ") + "; else " + allow.EN,
		ZH: "改用纯 Go 的替代：" + strings.Join(zh, " 或 ") + "；否则" + allow.ZH,
	}
}

func few(files []string) string {
	const most = 3
	if len(files) == 0 {
		return "-"
	}
	if len(files) > most {
		files = append(files[:most:most], "…")
	}
	return strings.Join(files, ", ")
}

// CgoErr turns the findings of severity [Error] into one error that lists them
// with import chain and remedy; nil when there are none.
func CgoErr(found []CgoFinding) error {
	var list []Finding
	for _, f := range found {
		var targets []string
		for _, t := range f.Targets {
			targets = append(targets, t.String())
		}
		list = append(list, Finding{
			Code: "PRE030", Severity: f.Severity, Title: f.Title, Fix: f.Fix,
			Evidence: []string{strings.Join(f.Chain, " → "), strings.Join(targets, " ")},
		})
	}
	return Err(list)
}
