package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var (
	archiveName = lazyre.New(`(?i)\.(tar(\.\w+)?|tgz|txz|tbz2?|tzst|zip|gz|xz|zst|bz2|7z|rpm|deb|apk|run|jar|whl|bin|AppImage)$`)
	programDir  = lazyre.New(`^(/usr(/local)?|/opt(/[^/]+)?)?/s?bin(/|$)`)
)

// unpackers read an archive from standard input.
var unpackers = []string{"tar", "bsdtar", "unzip", "gunzip", "gzip", "zcat", "xz", "unxz", "zstd", "cpio", "rpm", "rpm2cpio", "dpkg"}

var shells = []string{"sh", "bash", "ash", "dash", "ksh", "zsh", "python", "python2", "python3", "perl", "ruby", "node"}

// download is one file that a build fetches.
type download struct {
	url     string // as filled in
	line    int
	piped   []string
	inside  string
	saved   bool // under a name
	program bool // saved where programs are
}

// shown is the URL without what may be a secret.
func (d download) shown() string { return safeURL(d.url) }

// safeURL takes user information, query and fragment away.
func safeURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return "…"
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	host, p, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	if strings.Contains(p, "@") && strings.Contains(host, "$") { // ${A}/b@host: who knows where it ends
		return scheme + "://…"
	}
	return strings.ToValidUTF8(scheme+"://"+host+"/"+p, "")
}

// archive reports whether what is fetched is an archive or a program.
func (d download) archive() bool {
	u, _, _ := strings.Cut(d.url, "?")
	return archiveName.Re().MatchString(u) || d.program || slices.ContainsFunc(d.piped, func(n string) bool { return slices.Contains(unpackers, n) })
}

// local reports whether it comes from the machine that builds.
func (d download) local() bool {
	_, rest, _ := strings.Cut(d.url, "://")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return host == "localhost" || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "[")
}

// downloads are those of one command.
func (c command) downloads() []download {
	switch c.name {
	case "curl", "wget", "aria2c", "axel", "wget2", "fetch":
	default:
		return nil
	}
	var out []download
	d := download{line: c.line, piped: c.piped, inside: c.inside, saved: c.into}
	target := ""
	for i, a := range c.args {
		next := ""
		if i+1 < len(c.args) {
			next = c.args[i+1]
		}
		short := len(a) > 1 && a[0] == '-' && a[1] != '-'
		switch {
		case c.name == "curl" && (short && strings.HasSuffix(a, "o") || a == "--output"), c.name != "curl" && (short && strings.HasSuffix(a, "O") || a == "--output-document"):
			target = next
		case strings.HasPrefix(a, "--output="), strings.HasPrefix(a, "--output-document="):
			_, target, _ = strings.Cut(a, "=")
		case c.name == "curl" && (short && strings.Contains(a, "O") || a == "--remote-name" || a == "--remote-name-all"):
			d.saved = true
		case strings.Contains(a, "://") && !strings.HasPrefix(a, "-") && (i == 0 || !takesURL(c.args[i-1])):
			out = append(out, download{url: a})
		}
	}
	switch {
	case target == "-" || target == "/dev/stdout" || target == "/dev/null":
	case target != "":
		d.saved = true
	case c.name != "curl" && !c.into:
		d.saved = true
	}
	d.program = programDir.Re().MatchString(target)
	for i := range out {
		d.url = out[i].url
		out[i] = d
	}
	return out
}

// takesURL reports whether the word behind a flag is an address that nothing is
// fetched from.
func takesURL(flag string) bool {
	return slices.Contains([]string{"-x", "--proxy", "-e", "--referer", "-H", "--header", "--preproxy", "--socks5"}, flag)
}

// verifies reports whether a RUN compares something with a checksum or signature.
func (r run) verifies() bool {
	return slices.ContainsFunc(r.cmds, func(c command) bool {
		switch c.name {
		case "sha224sum", "sha256sum", "sha384sum", "sha512sum", "sm3sum", "shasum", "b2sum":
			return c.flag('c') || c.has("--check") || c.inside != ""
		case "openssl":
			return c.has("dgst") && (c.inside != "" || c.has("-verify"))
		case "gpg", "gpg2", "sq":
			return c.has("--verify", "verify")
		case "gpgv", "minisign", "signify", "rpmkeys":
			return true
		case "rpm":
			return c.has("--checksig") || c.flag('K')
		case "cosign":
			return c.has("verify", "verify-blob")
		}
		return false
	})
}
