package gather

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// projectFile are the names in a project that say how Go is used there.
var projectFile = lazyre.New(`(?i)^(dockerfile(\..+)?|.+\.dockerfile|containerfile(\..+)?|\.gitlab-ci\.ya?ml|jenkinsfile(\..+)?|\.env(\.[\w.-]+)?|\.envrc)$`)

// elsewhere reads the settings of files that are not the go command's own: the
// user's and the system's shell start files, what lies in the project, and what
// was named.
func (l *look) elsewhere() (settings []envcheck.Setting, files []envcheck.CIFile) {
	seen := map[string]bool{}
	take := func(s sources.Source, lines bool) {
		if seen[s.Path] {
			return
		}
		seen[s.Path] = true
		f := read(s.Path)
		if !f.Exists {
			return
		}
		if f.Error != "" && !lines {
			return // start files of others need not be readable
		}
		s.Data, s.SettingsOnly = f.Data, !lines
		r := sources.Parse(s)
		settings = append(settings, r.Settings...)
		if !lines {
			return
		}
		if f.Error != "" {
			r.Files = []envcheck.CIFile{{Path: s.Path, Kind: envcheck.FromScript, Error: f.Error}}
		}
		files = append(files, r.Files...)
	}
	for _, s := range l.startFiles() {
		s.Origin = envcheck.FromShell
		take(s, false)
	}
	for _, path := range l.projectFiles() {
		s := sources.Source{Path: path, Kind: sources.KindOf(path, nil)}
		if s.Kind == sources.EnvFile || s.Kind == sources.Shell {
			s.Origin = envcheck.FromShell
		}
		take(s, s.Origin == "")
	}
	for _, path := range l.Files {
		path = l.abs(path)
		if f := stat(path); !f.Exists || f.Error != "" {
			l.missing(path, whyNot(f))
			continue
		}
		take(sources.Source{Path: path}, true)
	}
	return settings, files
}

func whyNot(f envcheck.TextFile) string {
	if f.Error == "" {
		return "no such file"
	}
	return f.Error
}

// startFiles are the files that shells and logins read.
func (l *look) startFiles() []sources.Source {
	if runtime.GOOS == "windows" {
		return nil // the registry has them
	}
	var out []sources.Source
	add := func(kind sources.Kind, dir string, names ...string) {
		for _, n := range names {
			if dir != "" {
				out = append(out, sources.Source{Path: filepath.Join(dir, n), Kind: kind})
			}
		}
	}
	home := l.snapshot.Home
	config := l.get("XDG_CONFIG_HOME")
	if config == "" && home != "" {
		config = filepath.Join(home, ".config")
	}
	zsh := l.get("ZDOTDIR")
	if zsh == "" {
		zsh = home
	}
	add(sources.Shell, "/etc", "profile")
	scripts, _ := filepath.Glob("/etc/profile.d/*.sh")
	add(sources.Shell, "/", scripts...)
	add(sources.EnvFile, "/etc", "environment")
	add(sources.Shell, home, ".profile", ".bash_profile", ".bash_login", ".bashrc")
	add(sources.Shell, zsh, ".zshenv", ".zprofile", ".zshrc", ".zlogin")
	add(sources.Fish, config, "fish/config.fish")
	if config != "" {
		units, _ := filepath.Glob(filepath.Join(globless(l.abs(config)), "environment.d", "*.conf"))
		add(sources.EnvFile, "/", units...)
	}
	return out
}

// globless keeps a folder's name from being a pattern.
func globless(dir string) string {
	if runtime.GOOS == "windows" {
		return dir // there \ divides, and nothing can be escaped
	}
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace(dir)
}

// projectFiles are those of the project folder and of the top of its repository.
func (l *look) projectFiles() []string {
	dirs := []string{l.Dir}
	for d := l.Dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(filepath.Join(d, ".git")); err == nil && d != l.Dir {
			dirs = append(dirs, d)
		}
		if d == filepath.Dir(d) || len(dirs) > 1 {
			break
		}
	}
	var out []string
	for _, d := range dirs {
		f, err := os.Open(d)
		if err != nil {
			l.missing("project folder", reason(err))
			continue
		}
		names, _ := f.Readdirnames(10 * maxEntries)
		_ = f.Close()
		slices.Sort(names)
		for _, n := range names {
			if projectFile.Re().MatchString(n) {
				out = append(out, filepath.Join(d, n))
			}
		}
	}
	return out
}
