package linuxpkg

import (
	"bytes"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Area is one of the parts that a package consists of, in the order of the file.
type Area struct {
	Name  string // deb: the member's name; rpm: lead, signature, header, payload
	Facts []Fact // deb: what the ar archive says about it; rpm: the tags of a header
	Data  []byte // as it lies in the file
}

// Fact is something that a package says. An rpm's tag may have many values.
type Fact struct {
	Name   string
	Values []string
}

// Fact returns the values of a name; nil when there is none.
func (a Area) Fact(name string) []string {
	for _, f := range a.Facts {
		if f.Name == name {
			return f.Values
		}
	}
	return nil
}

// Areas takes a deb or an rpm apart, also one that nobody vouches for: it takes
// memory of a few times its size at most. Data shares b's bytes. What is inside an
// area is not unpacked.
func Areas(format string, b []byte) ([]Area, error) {
	switch format {
	case Deb:
		return debAreas(b)
	case RPM:
		return rpmAreas(b)
	}
	return nil, msg.Errorf("read package: a package of the format %q cannot be taken apart", "读取软件包：无法拆解 %q 格式的软件包", format)
}

// maxMembers is more than any deb has, which is three, or four with a signature.
const maxMembers = 100

func debAreas(b []byte) (out []Area, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(arMagic))
	if !ok {
		return nil, errDebRead("no ar archive", "不是 ar 归档")
	}
	for len(rest) > 0 {
		var m arMember
		if m, rest, err = nextMember(rest); err != nil {
			return nil, err
		}
		if len(out) == maxMembers {
			return nil, errDebRead("too many members", "成员过多")
		}
		out = append(out, Area{Name: strings.TrimSuffix(m.name, "/"), Data: m.body, Facts: []Fact{
			{"time", []string{m.time}}, {"owner", []string{m.owner + "/" + m.group}}, {"mode", []string{m.mode}},
		}})
	}
	return out, nil
}

func errDebRead(en, zh string) error {
	return msg.Errorf("read deb: %w", "读取 deb：%w", msg.Errorf(en, zh))
}
