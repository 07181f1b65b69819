package bootstrap

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Desk is a workstation as it was found. Nothing in it was changed.
type Desk struct {
	OS, Arch string // of this system, as Go calls them
	Home     string // absolute
	Root     string // where SDKs and tools go; see the package comment
	Snapshot *envcheck.Snapshot

	environ []string
	env     *goenv.Env // process and env file
}

// Look makes a desk of what package gather found. environ is that of the process,
// whole. The error is of a desk without a home folder, one whose path cannot stand in
// PATH, or one of another user's under sudo.
func Look(s *envcheck.Snapshot, environ []string) (*Desk, error) {
	d := &Desk{OS: runtime.GOOS, Arch: runtime.GOARCH, Home: s.Home, Snapshot: s, environ: environ}
	if d.OS == "darwin" && s.Machine.Arch != "" {
		d.Arch = s.Machine.Arch // under Rosetta this program's own is another
	}
	d.env = goenv.Resolve(goenv.Sources{OS: d.OS, Environ: environ, File: goenv.ParseFile(s.EnvFile.Data)})
	if !filepath.IsAbs(d.Home) {
		return nil, msg.Errorf("look at this desk: there is no home folder", "查看本机：没有主目录").WithKind(msg.Usage).
			WithHint("set HOME (on Windows USERPROFILE) to an absolute path", "请将 HOME（Windows 上为 USERPROFILE）设为绝对路径")
	}
	if d.underSudo() {
		return nil, msg.Errorf("look at this desk: sudo made this root, in the home folder %s of another user", "查看本机：经 sudo 成为 root，而主目录 %s 属于另一用户", d.Home).WithKind(msg.Usage).
			WithHint("run it without sudo: nothing here needs root, and what root makes there that user could not change; for root's own desk, sudo -H", "请不要使用 sudo：这里不需要 root 权限，而 root 在其中创建的文件该用户无法修改；若要设置 root 自己的环境，请用 sudo -H")
	}
	d.Root = filepath.Join(d.Home, ".local", "share", "yingzao")
	if d.OS == "windows" {
		local := d.getenv("LOCALAPPDATA")
		if local == "" {
			local = filepath.Join(d.Home, "AppData", "Local")
		}
		d.Root = filepath.Join(local, "yingzao")
	}
	if strings.ContainsRune(d.Root, filepath.ListSeparator) || strings.ContainsAny(d.Root, "\n\r\x00") {
		return nil, msg.Errorf("look at this desk: %q cannot stand in PATH", "查看本机：%q 不能写入 PATH", d.Root).WithKind(msg.Usage)
	}
	return d, nil
}

func (d *Desk) getenv(key string) string { v, _ := d.env.Process(key); return v }

func (d *Desk) join(names ...string) string {
	return filepath.Join(append([]string{d.Root}, names...)...)
}

// Journal is where changes are remembered: beside that of check --fix, so that
// each takes back its own.
func (d *Desk) Journal() mend.Journal {
	dir := mend.JournalDir(d.OS, d.getenv)
	if dir == "" {
		dir = filepath.Join(d.Home, ".local", "state", "yingzao", "journal")
	}
	return mend.Journal{Dir: filepath.Join(filepath.Dir(dir), "bootstrap")}
}

// cache is where downloads are kept: the same folder that image sdk uses.
func (d *Desk) cache() string {
	base := d.getenv("XDG_CACHE_HOME")
	switch {
	case filepath.IsAbs(base):
	case d.OS == "windows":
		base = filepath.Dir(d.Root)
	case d.OS == "darwin":
		base = filepath.Join(d.Home, "Library", "Caches")
	default:
		base = filepath.Join(d.Home, ".cache")
	}
	return filepath.Join(base, "yingzao", "sdk")
}

// Note is something that was found and is left to its owner.
type Note struct {
	Code string   `json:"code"` // a stable word: "gvm", "shadowed"
	Text msg.Text `json:"text"`
}

// goBin is the folder of the go command as PATH names it.
func (p *Plan) goBin() string {
	if isWindows() {
		return filepath.Join(p.SDK.Dir, "bin")
	}
	return p.desk.join("go", "current", "bin")
}

// NewEnviron is the environment that a new shell will have once the plan is
// applied: that of this process with ours before its PATH, on Windows behind what
// the system puts there.
func (d *Desk) NewEnviron(p *Plan) []string {
	name, path := "PATH", ""
	var out []string
	for _, kv := range d.environ {
		if k, v, _ := strings.Cut(kv, "="); k == "PATH" || d.OS == "windows" && strings.EqualFold(k, "PATH") {
			name, path = k, v
			continue
		}
		out = append(out, kv)
	}
	var list []string
	if path != "" {
		list = strings.Split(path, string(filepath.ListSeparator))
	}
	list = slices.Insert(list, d.behindSystem(list), p.goBin(), d.join("bin"))
	return append(out, name+"="+strings.Join(list, string(filepath.ListSeparator)))
}
