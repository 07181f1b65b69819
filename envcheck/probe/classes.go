package probe

import (
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// words are the classes of a mirror's failures as rules read them: fewer, by what
// a user can do about them.
var words = map[mirror.Class]string{
	mirror.NotFound:     "absent",
	mirror.Denied:       "denied",
	mirror.Server:       "server",
	mirror.Truncated:    "server",
	mirror.Redirect:     "server",
	mirror.HTML:         "portal",
	mirror.Login:        "portal",
	mirror.WrongContent: "content",
	mirror.Timeout:      "timeout",
	mirror.Slow:         "slow",
	mirror.DNS:          "dns",
	mirror.Refused:      "refused",
	mirror.Unreachable:  "refused",
	mirror.Reset:        "refused",
	mirror.Proxy:        "hop",
	mirror.ProxyDenied:  "hop",
	mirror.TLSAuthority: "tls",
	mirror.TLSExpired:   "tls",
	mirror.TLSNotYet:    "tls",
	mirror.TLSName:      "tls",
	mirror.TLSVersion:   "tls",
	mirror.TLSPlain:     "tls",
	mirror.TLS:          "tls",
	mirror.Clock:        "clock",
}

// wordOf is the word for a failure; every failure has one.
func wordOf(c mirror.Class) string {
	if w, ok := words[c]; ok {
		return w
	}
	return "server"
}

// worst orders the words of one mirror: what explains the others comes first.
var worst = []string{"portal", "content", "tls", "hop", "dns", "refused", "denied", "server", "timeout", "slow", "clock", "absent"}

// tlsWord is the word for a failed handshake; "" = it is none.
func tlsWord(c mirror.Class) string {
	return map[mirror.Class]string{
		mirror.TLSAuthority: "unknown-authority",
		mirror.TLSExpired:   "expired",
		mirror.TLSNotYet:    "not-yet-valid",
		mirror.TLSName:      "hostname",
		mirror.TLSVersion:   "version",
		mirror.TLSPlain:     "plain",
		mirror.TLS:          "other",
	}[c]
}
