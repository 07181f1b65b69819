package bootstrap

import (
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// userPath is the user's PATH in the registry. The system's is not ours to change
// and comes first.
const userPath = `Environment\Path`

// parts splits the content of a registry value into its type and its entries.
func parts(content []byte) (kind string, entries []string) {
	kind, text, ok := strings.Cut(string(content), "\n")
	if !ok {
		return "REG_EXPAND_SZ", nil
	}
	return kind, slices.DeleteFunc(strings.Split(text, ";"), func(e string) bool { return e == "" })
}

// registryGo is the version whose folder stands in the user's PATH.
func (d *Desk) registryGo() string {
	f, err := mend.ReadRegistry(userPath)
	if err != nil {
		return ""
	}
	_, entries := parts(f.Before)
	for _, e := range entries {
		if v, ok := d.ours(e); ok && v != "" {
			return v
		}
	}
	return ""
}

// ours reports whether an entry of PATH is of our making, and the SDK's version if
// it is an SDK's.
func (d *Desk) ours(entry string) (version string, ok bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(filepath.Clean(entry)), strings.ToLower(d.Root)+`\`)
	if !ok {
		return "", false
	}
	if v, isGo := strings.CutPrefix(rest, `go\`); isGo {
		return strings.TrimSuffix(v, `\bin`), true
	}
	return "", true
}

// planRegistry puts the SDK and the tools at the front of the user's PATH. Its
// type stays what it is, so that %USERPROFILE% in it goes on working.
func (p *Plan) planRegistry() error {
	d := p.desk
	f, err := mend.ReadRegistry(userPath)
	if err != nil {
		return msg.Errorf("read the user's PATH: %w", "读取用户 PATH：%w", err)
	}
	kind, entries := parts(f.Before)
	entries = slices.DeleteFunc(entries, func(e string) bool { _, ok := d.ours(e); return ok })
	entries = append([]string{filepath.Join(p.SDK.Dir, "bin"), d.join("bin")}, entries...)
	f.After, f.Codes = []byte(kind+"\n"+strings.Join(entries, ";")), []string{"path"}
	p.files.Add(f, p.desk.Root)
	for _, e := range strings.Split(d.Snapshot.Registry.SysPath, ";") {
		if strings.EqualFold(filepath.Base(filepath.Dir(filepath.Clean(e))), "go") && strings.EqualFold(filepath.Base(filepath.Clean(e)), "bin") {
			p.note("system-path", "the system's PATH has %s, which comes before the user's: remove it there, or uninstall that Go", "系统 PATH 中有 %s，排在用户 PATH 之前：请在那里删除，或卸载该 Go", e)
		}
	}
	return nil
}

var sendMessage = windows.NewLazySystemDLL("user32.dll").NewProc("SendMessageTimeoutW")

// broadcast tells running programs, Explorer above all, that the environment
// changed; new consoles then see it.
func broadcast() {
	const hwndBroadcast, settingChange, abortIfHung = 0xffff, 0x1a, 2
	name, err := windows.UTF16PtrFromString("Environment")
	if err != nil || sendMessage.Find() != nil {
		return
	}
	var result uintptr
	_, _, _ = sendMessage.Call(hwndBroadcast, settingChange, 0, uintptr(unsafe.Pointer(name)), abortIfHung, 2000, uintptr(unsafe.Pointer(&result)))
}
