package bootstrap

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/sys/windows/registry"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// userPath is the user's PATH in the registry. The system's is not ours to change
// and comes first.
const userPath = `HKCU\Environment\Path`

// dialogLimit is the longest value, in UTF-16 units, that the environment dialog of
// older Windows and several installers keep.
const dialogLimit = 2047

// parts splits the content of a registry value into its type and its entries, empty
// ones too: what is not ours goes back as it came.
func parts(content []byte) (kind string, entries []string) {
	kind, text, _ := strings.Cut(string(content), "\n")
	if kind == "" {
		kind = "REG_EXPAND_SZ" // what Windows itself gives a new user
	}
	if text == "" {
		return kind, nil
	}
	return kind, strings.Split(text, ";")
}

func content(kind string, entries []string) []byte {
	return []byte(kind + "\n" + strings.Join(entries, ";"))
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
	rest, ok := strings.CutPrefix(fold(entry), fold(d.Root)+`\`)
	if !ok {
		return "", false
	}
	if v, isGo := strings.CutPrefix(rest, `go\`); isGo {
		return strings.TrimSuffix(v, `\bin`), true
	}
	return "", true
}

// fold writes a folder so that two names of it are equal.
func fold(entry string) string {
	return strings.ToLower(filepath.Clean(strings.Trim(strings.TrimSpace(entry), `"`)))
}

// planRegistry puts the SDK and the tools at the front of the user's PATH. Its
// type stays what it is, so that %USERPROFILE% in it goes on working.
func (p *Plan) planRegistry() error {
	d := p.desk
	f, err := mend.ReadRegistry(userPath)
	if err != nil {
		return msg.Errorf("read the user's PATH: %w", "读取用户 PATH：%w", err).
			WithHint("it has to be a REG_EXPAND_SZ or a REG_SZ; see reg query HKCU\\Environment, or use --no-modify-path", "其类型须为 REG_EXPAND_SZ 或 REG_SZ；请查看 reg query HKCU\\Environment，或使用 --no-modify-path")
	}
	kind, entries := parts(f.Before)
	entries = slices.DeleteFunc(entries, func(e string) bool { _, ok := d.ours(e); return ok })
	f.After = content(kind, append([]string{p.goBin(), d.join("bin")}, entries...))
	f.Codes = []string{"path"}
	p.files.Add(f, p.desk.Root)
	if n := len(utf16.Encode([]rune(string(f.After)))) - len(kind) - 1; n > dialogLimit {
		p.note("long-path", "the user's PATH will be %d characters long: the environment dialog of older Windows cuts it at %d, setx at 1024; remove entries that are not needed", "用户 PATH 将长达 %d 个字符：旧版 Windows 的环境变量对话框会在 %d 处截断，setx 在 1024 处截断；请删去不需要的条目", n, dialogLimit)
	}
	return nil
}

// withoutOurPath takes our entries out of a PATH that others have changed since.
// Those of an earlier Apply come back.
func (d *Desk) withoutOurPath(before, now []byte) []byte {
	kind, entries := parts(now)
	_, old := parts(before)
	notOurs := func(e string) bool { _, ok := d.ours(e); return !ok }
	ours := func(e string) bool { return !notOurs(e) }
	old = slices.DeleteFunc(old, notOurs)
	entries = append(old, slices.DeleteFunc(entries, ours)...)
	if len(entries) == 0 && len(before) == 0 {
		return nil
	}
	return content(kind, entries)
}

// systemPath are the folders of the system's PATH.
func (d *Desk) systemPath() (dirs []string) {
	for _, e := range strings.Split(d.Snapshot.Registry.SysPath, ";") {
		if full, err := registry.ExpandString(e); err == nil && full != "" {
			dirs = append(dirs, filepath.Clean(strings.Trim(strings.TrimSpace(full), `"`)))
		}
	}
	return dirs
}

// behindSystem is how many entries of a PATH are the system's at its front: Windows
// puts the user's behind them.
func (d *Desk) behindSystem(path []string) int {
	system, n := d.systemPath(), 0
	for n < len(path) && slices.ContainsFunc(system, func(dir string) bool { return fold(dir) == fold(path[n]) }) {
		n++
	}
	return n
}

// systemGos are the go commands of the system's PATH.
func (d *Desk) systemGos() (found []string) {
	for _, dir := range d.systemPath() {
		for _, name := range []string{"go.exe", "go.bat", "go.cmd"} {
			if path := filepath.Join(dir, name); exists(path) {
				found = append(found, path)
				break
			}
		}
	}
	return found
}
