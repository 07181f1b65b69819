package httpx

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Guard says whether an address may be dialled. host is the host:port that was
// asked for, addr what it resolved to, IPv4-in-IPv6 already unwrapped. It is
// called by several goroutines.
type Guard func(host string, addr netip.AddrPort) error

// GuardError is the refusal of an address.
type GuardError struct {
	Host string // host:port that was asked for
	Addr netip.Addr
}

func (e *GuardError) Error() string { return e.text().Error() }

// Unwrap returns the same statement in both languages.
func (e *GuardError) Unwrap() error { return e.text() }

func (e *GuardError) text() *msg.Error {
	return msg.Errorf("dial %s: the address %s is internal and not on the list of allowed ones", "连接 %s：地址 %s 属于内部网络，且不在允许列表中", e.Host, e.Addr)
}

// internal is what a stranger's URL must not reach. 198.18.0.0/15 is not in
// it: local "fake IP" proxies answer every name with an address from there.
var internal = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "ff00::/8")

// metadataAddrs are where clouds hand out credentials: link-local (AWS, Tencent,
// Huawei, Azure), Aliyun, Oracle, and the IPv6 one of AWS.
var metadataAddrs = prefixes("169.254.0.0/16", "100.100.100.200/32", "192.0.0.192/32", "fe80::/10", "fd00:ec2::254/128")

// nat64 carries an IPv4 address in its last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// RefuseInternal is the guard against requests to the inside: loopback,
// private, link-local, carrier-grade, metadata, multicast and unspecified
// addresses are refused unless the host or the address is allowed. hosts are
// names or addresses, with or without a port, as they stand in a URL; nets are
// address ranges.
func RefuseInternal(hosts []string, nets []netip.Prefix) Guard {
	return func(host string, addr netip.AddrPort) error {
		ip := embedded(addr.Addr())
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		allowed := func(h string) bool {
			return strings.EqualFold(h, host) || strings.EqualFold(strings.Trim(h, "[]"), name)
		}
		if !within(internal, ip) || within(nets, ip) || slices.ContainsFunc(hosts, allowed) {
			return nil
		}
		return &GuardError{Host: host, Addr: ip}
	}
}

func metadata(ip netip.Addr) bool { return within(metadataAddrs, embedded(ip)) || ip.IsUnspecified() }

func embedded(ip netip.Addr) netip.Addr {
	ip = ip.Unmap()
	if nat64.Contains(ip) {
		b := ip.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return ip
}

func within(list []netip.Prefix, ip netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(ip) })
}

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}
