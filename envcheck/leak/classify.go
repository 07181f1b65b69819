package leak

import (
	"net"
	"net/netip"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// privateTLDs are the ends of names that exist inside a network only: reserved
// (home.arpa, internal, local, localdomain, localhost), or never to be delegated
// (corp, home), or of old custom.
const privateTLDs = " local lan corp internal intra intranet home localdomain localhost home.arpa "

// std are the first elements of the standard library's packages and the names
// that belong to the go command: no module of anybody's.
const std = " archive bufio builtin bytes cmd cmp compress container context crypto database debug embed encoding errors expvar flag fmt" +
	" go hash html image index io iter log maps math mime net os path plugin reflect regexp runtime slices sort std strconv strings" +
	" structs sync syscall testing text time toolchain unicode unique unsafe weak "

// Classify says whose a module is, and why. What people declared goes before
// what names tell: first the private patterns, then the public ones.
func Classify(modulePath string, k Knowledge) (Class, msg.Text) {
	host, _, _ := strings.Cut(modulePath, "/")
	switch {
	case goenv.MatchPatterns(strings.Join(k.Private, ","), modulePath):
		return Private, msg.Text{EN: "declared private", ZH: "已声明为私有"}
	case goenv.MatchPatterns(strings.Join(k.Public, ","), modulePath):
		return Public, msg.Text{EN: "declared public", ZH: "已声明为公开"}
	case !strings.Contains(host, ".") && strings.Contains(std, " "+host+" "):
		return Public, msg.Text{EN: "part of Go itself", ZH: "属于 Go 自身"}
	}
	if reason, ok := houseHost(host, k); ok {
		return Private, reason
	}
	if PublicHost(host) {
		return Public, msg.Textf("%s is a public host", "%s 是公共主机", host)
	}
	return Unknown, msg.Textf("%s is not known to be public", "尚不知 %s 是否为公共主机", host)
}

// houseHost reports whether the name of a host tells that it belongs to the
// house.
func houseHost(host string, k Knowledge) (msg.Text, bool) {
	name, port := splitPort(strings.ToLower(host))
	tld := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case port != "":
		return msg.Textf("%s names a port", "%s 带有端口", host), true
	case isIP(name):
		return msg.Textf("%s is an IP address", "%s 是 IP 地址", host), true
	case !strings.Contains(name, "."):
		return msg.Textf("%s has no dot: the name means something in the house only", "%s 不含点号：这样的名称只在内部有意义", host), true
	case strings.Contains(privateTLDs, " "+tld+" "):
		return msg.Textf("names in .%s exist inside a network only", ".%s 域名只存在于内部网络", tld), true
	case strings.HasSuffix(name, ".home.arpa"):
		return msg.Text{EN: "names in .home.arpa exist inside a network only", ZH: ".home.arpa 域名只存在于内部网络"}, true
	}
	for _, own := range k.Own {
		own, _ = splitPort(strings.ToLower(own))
		if own == "" || PublicHost(own) {
			continue
		}
		if own == name || registrable(own) != "" && registrable(own) == registrable(name) {
			return msg.Textf("same domain as %s, where the project itself lives", "与项目自身所在的 %s 同属一个域名", own), true
		}
	}
	return msg.Text{}, false
}

// Ours reports whether whoever answers at a host, with or without a port, belongs
// to the house: a mirror or database inside keeps the name there.
func Ours(host string, k Knowledge) bool {
	name, _ := splitPort(strings.ToLower(host))
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast()
	}
	if PublicHost(name) || goenv.MatchPatterns(strings.Join(k.Public, ","), name) {
		return false
	}
	if _, ok := houseHost(name, k); ok {
		return true
	}
	return slices.ContainsFunc(k.Private, func(pattern string) bool {
		first, _, _ := strings.Cut(pattern, "/")
		ok, _ := path.Match(first, name)
		return ok && !TooBroad(first)
	})
}

// TooBroad reports whether a pattern, as in GOPRIVATE, is so wide that it matches
// hosts of strangers: everything, a whole top-level domain, or a public host as
// such.
func TooBroad(pattern string) bool {
	first, rest, below := strings.Cut(strings.TrimSuffix(pattern, "/"), "/")
	if below && strings.Trim(rest, "*/") != "" && PublicHost(first) {
		return false // one owner's corner of a public host
	}
	if !strings.ContainsAny(first, `*?[\`) {
		return PublicHost(first)
	}
	if slices.ContainsFunc(publicSample(), func(host string) bool {
		ok, _ := path.Match(first, host)
		return ok
	}) {
		return true
	}
	name, wild := strings.CutPrefix(first, "*.")
	if suffix, icann := publicsuffix.PublicSuffix(name); wild && icann && suffix == name {
		return true // *.com.cn
	}
	return strings.Trim(first, "*?.") == ""
}

func splitPort(host string) (name, port string) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		return h, p
	}
	return strings.Trim(host, "[]"), ""
}

func isIP(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

// registrable is the domain that somebody registered, "corp.example" of
// git.corp.example; "" when the name is none.
func registrable(name string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return d
}

// Registrable is the domain that somebody registered: "corp.example" of
// git.corp.example. "" for IP addresses, names without a dot and public suffixes.
func Registrable(host string) string {
	if isIP(host) {
		return ""
	}
	return registrable(strings.ToLower(host))
}
