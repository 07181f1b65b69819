package config

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Size is a number of bytes: 20GiB, 500MiB, 64KiB, 1GB, or plain bytes.
type Size int64

// None is the size written none.
const None Size = -1

var units = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1},
}

// UnmarshalText reads it. Fractions are not taken: 1536MiB says it as well.
func (s *Size) UnmarshalText(text []byte) error {
	word := string(text)
	if word == "none" {
		*s = None
		return nil
	}
	for _, u := range units {
		digits, ok := strings.CutSuffix(word, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 63)
		if err == nil && n > 0 && int64(n) <= math.MaxInt64/u.bytes {
			*s = Size(int64(n) * u.bytes)
			return nil
		}
	}
	return msg.Errorf("%q is not a size", "%q 不是容量", word).WithHint("write a whole number and a unit: 20GiB, 500MiB; or none", "请写整数和单位，例如 20GiB、500MiB；或写 none")
}

// Duration is a time span as Go writes it: 30s, 1h30m.
type Duration time.Duration

// UnmarshalText reads it; nothing and less than nothing are no spans.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return msg.Errorf("%q is not a time span", "%q 不是时间长度", string(text)).WithHint("write a number and a unit: 30s, 10m, 24h", "请写数字和单位，例如 30s、10m、24h")
	}
	*d = Duration(v)
	return nil
}

// Strings is a list that may be written as one text.
type Strings []string

// UnmarshalYAML reads it.
func (s *Strings) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		var one string
		if err := n.Decode(&one); err != nil {
			return err
		}
		*s = Strings{one}
		return nil
	}
	return n.Decode((*[]string)(s))
}

// UnmarshalYAML takes an address for the whole.
func (g *Git) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		return n.Decode(&g.URL)
	}
	type plain Git
	return n.Decode((*plain)(g))
}

// Network is a range of addresses, 10.0.0.0/8, or one address.
type Network netip.Prefix

// UnmarshalText reads it.
func (n *Network) UnmarshalText(text []byte) error {
	if p, err := netip.ParsePrefix(string(text)); err == nil {
		*n = Network(p.Masked())
		return nil
	}
	if a, err := netip.ParseAddr(string(text)); err == nil && a.Zone() == "" {
		*n = Network(netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	return msg.Errorf("%q is not a range of addresses", "%q 不是地址段", string(text)).WithHint("write it like 10.0.0.0/8, 192.168.1.7 or fd00::/8", "请按 10.0.0.0/8、192.168.1.7 或 fd00::/8 的形式书写")
}

// Prefixes are the ranges as net/netip has them; nil for none.
func Prefixes(list []Network) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range list {
		out = append(out, netip.Prefix(n))
	}
	return out
}
