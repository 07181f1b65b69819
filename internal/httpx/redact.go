package httpx

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// mask stands where a secret stood.
const mask = "***"

// Redact returns s without the secrets that text about network settings is
// known to hold: userinfo in URLs (removed), values in query strings and
// fragments, credential headers, assignments to names like token, password or
// secret, passwords in the form of netrc, private keys, and tokens that are
// known by their shape (GitLab, GitHub, npm, Slack, the cloud providers, JWT).
// Text without any of them comes back unchanged, and redacting twice is the
// same as once. It works on text of any form, also on broken URLs; a secret
// with a space in it, or one in a place that nothing marks, it cannot know.
func Redact(s string) string {
	out := privateKey.Re().ReplaceAllString(s, "${1}"+mask+"${2}")
	out = anyURL.Re().ReplaceAllStringFunc(out, redactURLs)
	out = bareUserinfo.Re().ReplaceAllStringFunc(out, redactBare)
	if out != s {
		// What url.Parse says about a URL quotes a piece of the userinfo.
		out = parseQuote.Re().ReplaceAllString(out, "${1}"+mask)
	}
	for _, lazy := range []lazyre.Regexp{header, assigned, strong, keyed} {
		re := lazy.Re()
		out = re.ReplaceAllStringFunc(out, func(m string) string {
			part := re.FindStringSubmatch(m)
			return part[1] + maskValue(part[2])
		})
	}
	out = netrc.Re().ReplaceAllString(out, "${1}"+mask)
	return shape.Re().ReplaceAllString(out, mask)
}

// RedactURL is the URL as text, without userinfo and with the values of its
// query masked; "" for nil.
func RedactURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	return Redact(u.String())
}

// Names of settings whose value is secret end in one of these. The strong ones
// are hardly ever followed by a colon in prose.
const (
	strongName = `(?:passw(?:or)?d|passphrase|secret[_.-]?key|access[_.-]?key(?:[_.-]?(?:id|secret))?|api[_.-]?key|private[_.-]?key)`
	secretName = `(?:` + strongName + `|token|secret|secret[_.-]?id|credentials?|authkey|_auth|signature)`
)

// value is one text in quotes, plain or escaped, or what comes up to a space.
const value = `("(?:[^"\\\r\n]|\\.)*"?|'[^'\r\n]*'?|\\["'][^"'\\\r\n]*(?:\\["'])?|[^\s"'\\]+)`

var (
	anyURL       = lazyre.New(`(?:[A-Za-z][A-Za-z0-9+.-]*)?:(?://|\\/\\/|%2[fF]%2[fF])[^\s"'<>` + "`" + `]+`)
	nextURL      = lazyre.New(`[,|;][A-Za-z][A-Za-z0-9+.-]*://`)
	portOnly     = lazyre.New(`^(?:\d*(?::|[,|;)\].].*)?|(?i:port).*|[${].*)$`)
	bareUserinfo = lazyre.New(`[^\s:/@"'=,;|()<>{}\[\]]+:[^\s"'/,;|@<>]+@[A-Za-z0-9\[][A-Za-z0-9.:-]*`)
	versionLike  = lazyre.New(`^v?\d+(\.\d+){0,2}([.+-].*)?$`)
	fourNumbers  = lazyre.New(`^\d+\.\d+\.\d+\.\d+(:\d+)?$`)
	parseQuote   = lazyre.New(`(invalid (?:port|URL escape|host|userinfo|character) )"(?:[^"\\]|\\.)*"`)
	privateKey   = lazyre.New(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
	header       = lazyre.New(`(?i)(\b(?:(?:proxy-)?authorization|(?:set-)?cookie2?|private-token|job-token|deploy-token|x-[a-z-]*(?:token|api-key|secret))["']?\s*[:=]\s*)("[^"\r\n]*"?|'[^'\r\n]*'?|\[[^\]\r\n]*\]?|[^\s"'\[][^\r\n]*)`)
	assigned     = lazyre.New(`(?i)((?:[\w.-]*` + secretName + `|(?-i:\bpwd))\s?=\s?)` + value)
	strong       = lazyre.New(`(?i)(\b[\w.-]*` + strongName + `\s?:\s+)` + value)
	keyed        = lazyre.New(`(?im)((?:^[ \t-]*|[{,]\s*)\\?["']?[\w.-]*` + secretName + `\\?["']?\s*:\s*)` + value)
	netrc        = lazyre.New(`(?im)((?:^[ \t]*|\b(?:login|account|machine)[ \t]+\S+\s+|\bdefault\s+)password[ \t]+)\S+`)
	shape        = lazyre.New(`\b(?:gl(?:pat|ptt|dt|rt|rtr|cbt|ft|imt|agent|oas|soat)-[\w.-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|npm_[A-Za-z0-9]{30,}|xox[a-z]-[\w-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AKID[0-9A-Za-z]{12,}|LTAI[0-9A-Za-z]{12,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)`)
)

// maskValue masks what stands between quotes or brackets and keeps those.
func maskValue(v string) string {
	open := ""
	for _, q := range []string{`\"`, `\'`, `"`, `'`, `[`} {
		if strings.HasPrefix(v, q) {
			open = q
			break
		}
	}
	end := open
	if open == "[" {
		end = "]"
	}
	if len(v) < len(open)+len(end) || !strings.HasSuffix(v, end) {
		end = ""
	}
	return open + mask + end
}

// redactURLs treats a list like that of GOPROXY one by one. What follows a
// question mark or a hash belongs to the URL before it.
func redactURLs(s string) string {
	var out strings.Builder
	for {
		at := nextURL.Re().FindStringIndex(s)
		if at == nil || strings.ContainsAny(s[:at[0]], "?#") {
			return out.String() + redactOneURL(s)
		}
		out.WriteString(redactOneURL(s[:at[0]]) + s[at[0]:at[0]+1])
		s = s[at[0]+1:]
	}
}

// redactOneURL treats text that begins with a scheme. It does not parse: what
// people write into settings is often no URL, and its password is one anyway.
func redactOneURL(s string) string {
	scheme, rest := cutScheme(s)
	end := strings.IndexAny(rest, "/?#\\")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndex(rest[:end], "@")
	if at < 0 && brokenPassword(rest[:end]) {
		if at = strings.LastIndex(rest, "@"); at < 0 {
			// url.Parse quotes a URL only up to its first "#": the rest of the
			// password and the @ are gone, the beginning is not.
			return scheme + rest[:strings.Index(rest, ":")+1] + mask
		}
	}
	rest = rest[at+1:]
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	if hasQuery {
		rest += "?" + maskPairs(query, true)
	}
	if hasFragment {
		rest += "#" + maskPairs(fragment, false)
	}
	return scheme + rest
}

func cutScheme(s string) (scheme, rest string) {
	i := strings.Index(s, ":") + 1
	for i < len(s) && (s[i] == '/' || s[i] == '\\') {
		i++
	}
	for strings.HasPrefix(strings.ToLower(s[i:]), "%2f") {
		i += 3
	}
	return s[:i], s[i:]
}

// brokenPassword reports whether an authority without @ has a colon that no
// port follows: a password with a slash, a question mark or a hash in it.
func brokenPassword(authority string) bool {
	_, port, ok := strings.Cut(authority, ":")
	return ok && !strings.HasPrefix(authority, "[") && !portOnly.Re().MatchString(port)
}

// maskPairs masks the values of a query or, all false, of a fragment that has
// any; a query without "=" is masked as a whole.
func maskPairs(s string, all bool) string {
	var out strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "&;,)")
		pair, sep := s, ""
		if i >= 0 {
			pair, sep = s[:i], s[i:i+1]
		}
		s = s[len(pair)+len(sep):]
		name, _, hasValue := strings.Cut(pair, "=")
		switch {
		case pair == "go-get=1" || pair == "":
			out.WriteString(pair)
		case hasValue:
			out.WriteString(name + "=" + mask)
		case all:
			out.WriteString(mask)
		default:
			out.WriteString(pair)
		}
		out.WriteString(sep)
	}
	return out.String()
}

// redactBare removes user:password@ before a host without a scheme. What is a
// version or a digest behind the @ is no host.
func redactBare(s string) string {
	at := strings.LastIndex(s, "@")
	host := s[at+1:]
	if strings.HasPrefix(host, "sha256:") || versionLike.Re().MatchString(host) && !fourNumbers.Re().MatchString(host) {
		return s
	}
	return host
}
