package linuxpkg

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/files"
)

// scripts gives nfpm copies of the maintainer scripts in dir: apk packages tell
// the modification time of the very file they were read from.
func (p Package) scripts(info *nfpm.Info, dir string) error {
	for _, s := range []struct {
		field, path string
		to          *string
		runs        bool
	}{
		{"scripts.preinstall", p.Scripts.PreInstall, &info.Scripts.PreInstall, true},
		{"scripts.postinstall", p.Scripts.PostInstall, &info.Scripts.PostInstall, true},
		{"scripts.preremove", p.Scripts.PreRemove, &info.Scripts.PreRemove, true},
		{"scripts.postremove", p.Scripts.PostRemove, &info.Scripts.PostRemove, true},
		{"rpm.scripts.pretrans", p.RPM.PreTrans, &info.RPM.Scripts.PreTrans, true},
		{"rpm.scripts.posttrans", p.RPM.PostTrans, &info.RPM.Scripts.PostTrans, true},
		{"deb.scripts.rules", p.Deb.Rules, &info.Deb.Scripts.Rules, false},
		{"deb.scripts.templates", p.Deb.Templates, &info.Deb.Scripts.Templates, false},
		{"deb.scripts.config", p.Deb.Config, &info.Deb.Scripts.Config, true},
	} {
		if s.path == "" {
			continue
		}
		text, err := os.ReadFile(s.path)
		if err != nil {
			return p.refuse(s.field, "%w", "%w", err)
		}
		if err := p.checkScript(s.field, text, s.runs); err != nil {
			return err
		}
		*s.to = filepath.Join(dir, s.field)
		if err := writeAt(*s.to, text, p.mtime(time.Time{})); err != nil {
			return p.refuse(s.field, "%w", "%w", err)
		}
	}
	return nil
}

// checkScript refuses what would only fail on the machine that installs.
func (p Package) checkScript(field string, text []byte, runs bool) error {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case !runs:
		return nil
	case bytes.HasSuffix(first, []byte("\r")):
		return p.refuse(field, "has Windows line ends", "使用了 Windows 换行").
			WithHint("convert it to line feeds, and say so in .gitattributes: *.sh text eol=lf", "请转换为 LF 换行，并在 .gitattributes 中写明：*.sh text eol=lf")
	case p.Format == Deb && !bytes.HasPrefix(first, []byte("#!")):
		return p.refuse(field, "has no #! line", "缺少 #! 行").
			WithHint("dpkg executes it as it is: begin with #!/bin/sh", "dpkg 会直接执行它：请以 #!/bin/sh 开头")
	}
	return nil
}

// lintian adds the overrides, which are a file of the package.
func (p Package) lintian(info *nfpm.Info, dir string) error {
	if p.Format != Deb || len(p.Deb.LintianOverrides) == 0 {
		return nil
	}
	var b strings.Builder
	for _, tag := range p.Deb.LintianOverrides {
		b.WriteString(p.Name + ": " + tag + "\n")
	}
	path := filepath.Join(dir, "lintian")
	if err := writeAt(path, []byte(b.String()), p.mtime(time.Time{})); err != nil {
		return p.refuse("deb.lintian_overrides", "%w", "%w", err)
	}
	info.Contents = append(info.Contents, &files.Content{
		Source: path, Destination: "/usr/share/lintian/overrides/" + p.Name,
		FileInfo: &files.ContentFileInfo{Mode: 0o644, MTime: info.MTime},
	})
	return nil
}

func writeAt(path string, data []byte, mtime time.Time) error {
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return err
	}
	return os.Chtimes(path, mtime, mtime)
}
