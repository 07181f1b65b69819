package sources

import (
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// others mean something to Go, or to what it runs, beside goenv's settings.
var others = map[string]bool{
	"USERPROFILE": true, "TEMP": true, "TMP": true, "GOCOVERDIR": true, "FC": true, "XDG_CONFIG_HOME": true, "XDG_CACHE_HOME": true,
}

var settings = goenv.Settings()

// foreign begin with GO and are somebody else's; some hold credentials.
var foreign = lazyre.New(`^(GOOGLE|GODADDY|GOTIFY|GOGS|GOREMAN|GODOT)_?`)

// Relevant reports whether a variable means something to Go or looks as if it
// was meant to: the settings of package goenv, everything that begins with GO or
// CGO whatever its case, the proxies in all cases, and names one or two letters
// away from a setting.
func Relevant(name string) bool {
	if goenv.KnownProcess(name) || others[name] {
		return true
	}
	up := strings.ToUpper(name)
	switch up {
	case "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY":
		return true
	}
	if foreign.Re().MatchString(up) {
		return false
	}
	if strings.HasPrefix(up, "GO") || strings.HasPrefix(up, "CGO") {
		return true
	}
	return near(up)
}

// near reports whether a name is a slip of the pen. Short settings (AR, CC) are
// near to everything and do not count.
func near(name string) bool {
	if len(name) < 6 || !strings.HasPrefix(name, "G") && !strings.Contains(name, "GO") && !strings.Contains(name, "PROX") {
		return false
	}
	for _, k := range settings {
		if len(k) >= 6 && strings.HasPrefix(strings.TrimPrefix(k, "C"), "GO") && close2(name, k) {
			return true
		}
	}
	return close2(name, "HTTP_PROXY") || close2(name, "HTTPS_PROXY") || close2(name, "NO_PROXY")
}

func close2(a, b string) bool {
	d := len(a) - len(b)
	return d >= -2 && d <= 2 && levenshtein.ComputeDistance(a, b) <= min(2, len(b)/5+1)
}

// secretName smells of a secret.
var secretName = lazyre.New(`(?i)TOKEN|PASSW|PASSPHRASE|SECRET|KEY|CREDENTIAL|AUTHORIZATION|COOKIE`)

// SecretName reports whether the value of a variable must not be looked at: its
// name smells of a secret, and it is no setting of Go's.
func SecretName(name string) bool {
	return secretName.Re().MatchString(name) && !goenv.KnownProcess(name)
}

const masked = "***"

var (
	userinfo = lazyre.New(`([A-Za-z][A-Za-z0-9+.-]*://?)[^\s"'<>]*@`) // also with one slash, as a cleaned path has it
	// A value after a name that smells, after a flag for one, or in a header.
	assigned = lazyre.New(`(?i)([A-Z0-9_.-]*(?:TOKEN|PASSW(?:OR)?D|PASSPHRASE|SECRET|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|KEY_?ID|CREDENTIALS?|COOKIE|EXTRAHEADER)[A-Z0-9_-]*["']?\s*(?:[:=]\s*|\s+))("[^"]*"|'[^']*'|[^\s"';&|)]+)`)
	header   = lazyre.New(`(?i)(authorization["']?\s*[:=]?\s*(?:(?:basic|bearer|token)\s+)?|\b(?:basic|bearer)\s+)[^\s"']+`)
	// curl -u user:password, docker login -p password.
	flagged = lazyre.New(`(\s(?:-u|--user)[= ]?["']?[^\s"':]+:)[^\s"']+`)
	login   = lazyre.New(`(\blogin\b.*?\s-p[= ]?)("[^"]*"|'[^']*'|[^\s"']+)`)
	netrc   = lazyre.New(`(?i)(\bpassword\s+)[^\s"'\\]+`)
	query   = lazyre.New(`(://[^\s"'<>?]+\?)[^\s"'<>]+`)
)

// Scrub masks what may be a secret in a line of a script: user information and
// queries of URLs, headers, and values behind a name or flag that smells. It
// rather masks too much.
func Scrub(s string) string {
	if strings.Contains(s, ":/") {
		s = userinfo.Re().ReplaceAllString(s, "${1}"+masked+"@")
		s = query.Re().ReplaceAllString(s, "${1}"+masked)
	}
	s = header.Re().ReplaceAllString(s, "${1}"+masked)
	s = flagged.Re().ReplaceAllString(s, "${1}"+masked)
	s = login.Re().ReplaceAllString(s, "${1}"+masked)
	s = netrc.Re().ReplaceAllString(s, "${1}"+masked)
	return assigned.Re().ReplaceAllString(s, "${1}"+masked)
}

// ScrubURLs masks the user information of URLs, and nothing else.
func ScrubURLs(s string) string {
	if !strings.Contains(s, ":/") {
		return s
	}
	return userinfo.Re().ReplaceAllString(s, "${1}"+masked+"@")
}
