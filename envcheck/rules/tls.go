package rules

import (
	"math"
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// tlsRules are the rules about certificates and the clock.
func tlsRules() []envcheck.Rule {
	return []envcheck.Rule{tls001, tls002, tls003, tls004, tls005, tls006, tls007, tls008, tls009, tls010}
}

// handshakes makes a finding of every host whose handshake ended so.
func handshakes(v *envcheck.View, finding func(envcheck.HostProbe) envcheck.Finding, how ...string) []envcheck.Finding {
	var out []envcheck.Finding
	for _, h := range v.Network.Hosts {
		if !slices.Contains(how, h.TLS) {
			continue
		}
		f := finding(h)
		f.Subject = h.Host
		f.Evidence = append(f.Evidence, envcheck.Evidence{Name: h.Host, Value: h.TLS})
		out = append(out, f)
	}
	return out
}

// tolerableSkew is how far clocks may differ, in seconds. Certificates need far
// less care, but a clock that is minutes off will be hours off one day.
const tolerableSkew = 300

// clockSkew is how far our clock is behind the hosts' (negative: ahead), in
// seconds, and the host that says so; 0 where it is in step, not known, or where
// the hosts contradict each other.
func clockSkew(v *envcheck.View) (seconds float64, host string) {
	for _, h := range v.Network.Hosts {
		switch skew := h.SkewSeconds; {
		case skew == 0:
		case math.Abs(skew) < tolerableSkew:
			return 0, ""
		case seconds == 0:
			seconds, host = skew, h.Host
		case math.Abs(skew-seconds) > tolerableSkew:
			return 0, ""
		}
	}
	return seconds, host
}

// unixRoots reports whether Go reads SSL_CERT_FILE and SSL_CERT_DIR here.
// Windows and macOS have a store of their own (crypto/x509/root_unix.go).
func unixRoots(v *envcheck.View) bool {
	return v.Machine.OS != "windows" && v.Machine.OS != "darwin" && v.Machine.OS != "ios"
}
