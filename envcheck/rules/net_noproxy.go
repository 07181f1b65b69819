package rules

import (
	"net"
	"strings"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// noProxyFault says why Go cannot use an entry of NO_PROXY as it was meant; ""
// = it can. The entry has been trimmed.
func noProxyFault(entry string) string {
	host := entry
	if h, _, err := net.SplitHostPort(entry); err == nil {
		host = h
	}
	switch {
	case entry == "*":
		return ""
	case strings.ContainsAny(entry, ";，；、") || strings.ContainsFunc(entry, unicode.IsSpace):
		return "separator"
	case strings.Contains(entry, "://"):
		return "scheme"
	case strings.ContainsAny(entry, `\^$()+|`):
		return "regexp"
	case strings.Contains(entry, "/"):
		if _, _, err := net.ParseCIDR(entry); err != nil {
			return "slash"
		}
		return ""
	case strings.ContainsAny(strings.TrimPrefix(host, "*."), "*?["):
		return "wildcard"
	case strings.HasSuffix(host, ".") || partialIP.Re().MatchString(host):
		return "ending"
	case strings.ContainsAny(entry, `"'`):
		return "quote"
	}
	return ""
}

// partialIP is the beginning of an IPv4 address, which other tools take for a
// network.
var partialIP = lazyre.New(`^\d{1,3}(\.\d{1,3}){0,2}$`)

// octets are the fixed ones of a network such as 192.168.* or 10.
var octets = lazyre.New(`^(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?\.?(?:\.?\*)*(?:\.\*)*$`)

// mendNoProxy writes a list as Go wants it; ok is false where an entry is beyond
// guessing.
func mendNoProxy(value string) (mended string, ok bool) {
	var out []string
	for _, entry := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",;，；、", r) || unicode.IsSpace(r) }) {
		entry = strings.Trim(entry, `"'`)
		if entry == "" {
			continue
		}
		if noProxyFault(entry) != "" {
			entry = mendEntry(entry)
		}
		if entry == "" || noProxyFault(entry) != "" {
			return "", false
		}
		out = append(out, entry)
	}
	return strings.Join(out, ","), len(out) > 0
}

func mendEntry(entry string) string {
	entry = strings.ReplaceAll(entry, `\.`, ".")
	entry = strings.TrimSuffix(strings.ReplaceAll(entry, ".*", ".\x00"), "$")
	entry = strings.ReplaceAll(strings.TrimPrefix(entry, "^"), "\x00", "*")
	if _, rest, found := strings.Cut(entry, "://"); found {
		entry = rest
	}
	entry, _, _ = strings.Cut(entry, "/")
	if m := octets.Re().FindStringSubmatch(strings.ReplaceAll(entry, "..", ".")); m != nil {
		network, bits := m[1], 8
		for _, o := range m[2:] {
			if o == "" {
				network += ".0"
				continue
			}
			network, bits = network+"."+o, bits+8
		}
		return network + ".0/" + map[int]string{8: "8", 16: "16", 24: "24"}[bits]
	}
	return strings.TrimSuffix(entry, ".")
}
