package bootstrap

import (
	"bytes"
	"cmp"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// systemCerts is what SSL_CERT_DIR replaces in a Go program on Linux, beside the
// bundle file, which stays in force.
const systemCerts = "/etc/ssl/certs"

// planCA writes the site's certificate and returns the folder that SSL_CERT_DIR
// has to name, "" where that does nothing. It is SSL_CERT_DIR and not
// SSL_CERT_FILE, since that would take the system's authorities away. On macOS
// and Windows a Go program asks the system's store, which is not ours to change.
func (p *Plan) planCA() (string, error) {
	if len(p.wanted.CA) == 0 {
		if !p.org && p.desk.OS == "linux" && exists(p.caFile()) {
			return filepath.Dir(p.caFile()), nil // nobody says that it has to go
		}
		return "", nil
	}
	f, err := mend.Read(p.caFile())
	if err != nil {
		return "", err
	}
	f.After, f.Codes = p.wanted.CA, []string{"ca"}
	p.files.Add(f, p.desk.Root)
	switch p.desk.OS {
	case "windows":
		p.note("ca", "Windows trusts the site's certificate after: certutil -user -addstore Root \"%s\"", "执行以下命令后 Windows 才会信任站点证书：certutil -user -addstore Root \"%s\"", p.caFile())
		return "", nil
	case "darwin":
		p.note("ca", "macOS trusts the site's certificate after: security add-trusted-cert -k login.keychain \"%s\"", "执行以下命令后 macOS 才会信任站点证书：security add-trusted-cert -k login.keychain \"%s\"", p.caFile())
		return "", nil
	}
	return filepath.Dir(p.caFile()), nil
}

func (p *Plan) caFile() string { return p.desk.join("ca", "site.pem") }

// planGit writes a file of our own for the hosts of private modules, and has the
// user's configuration include it. No password ever stands in it.
func (p *Plan) planGit() error {
	hosts := p.wanted.Org.Git
	own, err := mend.Read(p.desk.join("git", "config"))
	if err != nil {
		return err
	}
	if len(hosts) == 0 && (!p.org || !own.Existed) {
		return nil // an organisation's file that names none any more empties it
	}
	var b strings.Builder
	b.WriteString("# written by yingzao bootstrap from the organisation's file\n")
	for _, g := range hosts {
		base := "https://" + g.Host + "/"
		if g.SSH {
			b.WriteString("[url \"ssh://" + cmp.Or(g.User, "git") + "@" + g.Host + "/\"]\n\tinsteadOf = " + base + "\n")
		}
		if g.Helper != "" {
			b.WriteString("[credential \"" + strings.TrimSuffix(base, "/") + "\"]\n\thelper = " + g.Helper + "\n")
		}
		if len(p.wanted.CA) > 0 {
			b.WriteString("[http \"" + base + "\"]\n\tsslCAInfo = " + gitQuote(p.caFile()) + "\n")
		}
	}
	own.After, own.Codes = []byte(b.String()), []string{"git"}
	p.files.Add(own, p.desk.Root)
	if len(hosts) == 0 {
		return nil
	}

	f, err := mend.Read(p.gitConfig())
	if err != nil {
		return err
	}
	include := "[include]\n\tpath = " + gitQuote(own.Path) + "\n"
	if bytes.Contains(f.Before, []byte(beginMark+"\n"+include)) {
		return nil // git config --add writes the user's includes behind ours
	}
	if f.After, err = withBlock(f.Before, include); err != nil {
		return msg.Errorf("change %s: %w", "修改 %s：%w", f.Path, err)
	}
	f.Codes = []string{"git"}
	p.files.Add(f, p.desk.Root)
	if p.desk.Snapshot.Git.Path == "" {
		p.note("git", "there is no git on PATH, which private modules need", "PATH 上没有 git，而私有模块需要它")
	}
	return nil
}

// gitConfig is the user's file that git would write to.
func (p *Plan) gitConfig() string {
	if f := p.desk.getenv("GIT_CONFIG_GLOBAL"); filepath.IsAbs(f) {
		return f
	}
	own := filepath.Join(p.desk.Home, ".gitconfig")
	if other := filepath.Join(p.desk.config(), "git", "config"); !exists(own) && exists(other) {
		return other
	}
	return own
}

// gitQuote writes a path as a value of git's configuration.
func gitQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(filepath.ToSlash(s)) + `"`
}
