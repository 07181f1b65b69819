package bootstrap

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// startFile is a file that a shell reads, and the language it is in.
type startFile struct {
	path  string
	fish  bool
	whole bool // the file is ours alone
}

// startFiles are the files in which PATH has to be set, so that each shell this
// desk uses finds it in login shells and in terminals. A shell is in use when it
// is $SHELL or one of its files exists. ~/.profile is always among them: the
// desktop's own session reads it, and so does every sh.
func (d *Desk) startFiles() []startFile {
	shell := filepath.Base(d.getenv("SHELL"))
	home := func(names ...string) string { return filepath.Join(append([]string{d.Home}, names...)...) }
	out := []startFile{{path: home(".profile")}}
	add := func(paths ...string) {
		for _, p := range paths {
			out = append(out, startFile{path: p})
		}
	}
	// bash as a login shell reads the first of these that exists, and no .profile then.
	for _, name := range []string{".bash_profile", ".bash_login"} {
		if exists(home(name)) {
			add(home(name))
			break
		}
	}
	if shell == "bash" || exists(home(".bashrc")) {
		add(home(".bashrc"))
	}
	zsh := d.Home
	if dir := d.getenv("ZDOTDIR"); filepath.IsAbs(dir) {
		zsh = dir
	}
	// Not .zshenv: on macOS /etc/zprofile puts the system's folders before it.
	if shell == "zsh" || slices.ContainsFunc([]string{".zshenv", ".zprofile", ".zshrc", ".zlogin"}, func(n string) bool { return exists(filepath.Join(zsh, n)) }) {
		add(filepath.Join(zsh, ".zprofile"), filepath.Join(zsh, ".zshrc"))
	}
	config := d.config()
	if shell == "fish" || exists(filepath.Join(config, "fish")) {
		out = append(out, startFile{path: filepath.Join(config, "fish", "conf.d", "yingzao.fish"), fish: true, whole: true})
	}
	return out
}

// config is the user's configuration folder as shells and git know it.
func (d *Desk) config() string {
	if dir := d.getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(d.Home, ".config")
}

// planShells adds the block to each start file.
func (p *Plan) planShells(certs string) error {
	d := p.desk
	dirs := []string{d.join("go", "current", "bin"), d.join("bin")}
	for _, s := range d.startFiles() {
		f, err := mend.Read(s.path)
		if err != nil {
			return err
		}
		body := shBlock(dirs, certs)
		if s.fish {
			body = fishBlock(dirs, certs)
		}
		if f.After, err = withBlock(f.Before, body); err != nil {
			return msg.Errorf("change %s: %w", "修改 %s：%w", s.path, err)
		}
		f.Codes = []string{"path"}
		p.files.Add(f, p.desk.Root)
	}
	if shell := filepath.Base(d.getenv("SHELL")); d.OS != "windows" && !slices.Contains([]string{".", "sh", "ash", "dash", "bash", "ksh", "mksh", "zsh", "fish"}, shell) {
		p.note("shell", "%s has start files that we do not write: put %s before its PATH", "%s 的启动文件不由本工具维护：请把 %s 放到其 PATH 最前面", shell, strings.Join(dirs, " "))
	}
	return nil
}

// shBlock sets PATH for sh and all that descends from it. A shell inside another
// changes nothing, so that what was put before it in between stays there.
func shBlock(dirs []string, certs string) string {
	var b strings.Builder
	b.WriteString("case \":$PATH:\" in\n  *:" + shQuote(dirs[0]) + ":*) ;;\n  *) PATH=" + shQuote(strings.Join(dirs, ":")) + "\"${PATH:+:$PATH}\"; export PATH ;;\nesac\n")
	if certs != "" {
		b.WriteString("case \":${SSL_CERT_DIR-}:\" in\n  *:" + shQuote(certs) + ":*) ;;\n  *) SSL_CERT_DIR=\"${SSL_CERT_DIR:-" + systemCerts + "}\":" + shQuote(certs) + "; export SSL_CERT_DIR ;;\nesac\n")
	}
	return b.String()
}

func fishBlock(dirs []string, certs string) string {
	var quoted []string
	for _, d := range dirs {
		quoted = append(quoted, fishQuote(d))
	}
	out := "if not contains -- " + quoted[0] + " $PATH\n    set -gx PATH " + strings.Join(quoted, " ") + " $PATH\nend\n"
	if certs != "" {
		out += "if not set -q SSL_CERT_DIR\n    set -gx SSL_CERT_DIR " + systemCerts + ":" + fishQuote(certs) + "\nend\n"
	}
	return out
}

// shQuote writes a word that every sh takes as it is.
func shQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// fishQuote is shQuote for fish, where \ counts inside quotes.
func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func isWindows() bool { return runtime.GOOS == "windows" }
