package lint

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

// system is what is known about a base image; zero fields are not known.
type system struct {
	family matrix.Family
	world  string // new, old: LoongArch only
	golang bool   // it has the Go of the Docker library, which sets GOTOOLCHAIN itself
	user   bool   // it does not run as root by itself
}

// ref is an image reference taken apart.
type ref struct {
	registry string // "" = the engine's default
	repo     string // without the registry
	tag      string // "" = none
	digest   bool
}

func parseRef(s string) ref {
	var r ref
	s, _, r.digest = strings.Cut(s, "@")
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		s, r.tag = s[:i], s[i+1:]
	}
	r.repo = s
	if first, rest, ok := strings.Cut(s, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		r.registry, r.repo = first, rest
	}
	return r
}

// name is the last element of the repository.
func (r ref) name() string { return path.Base(r.repo) }

// String is the reference as one may print it: nothing in it can be a secret.
func (r ref) String() string {
	s := r.repo
	if r.registry != "" {
		s = r.registry + "/" + s
	}
	if r.tag != "" {
		s += ":" + r.tag
	}
	return s
}

// families knows images by the beginning of their names. What it does not know is
// not judged.
var families = []struct {
	family matrix.Family
	names  string
}{
	{matrix.RPM, "kylin openeuler anolis anolisos opencloudos uos centos rockylinux rocky almalinux fedora ubi oraclelinux amazonlinux tencentos"},
	{matrix.Deb, "debian ubuntu deepin openkylin loongnix buildpack-deps golang node python"},
	{matrix.APK, "alpine wolfi"},
	{matrix.None, "scratch busybox distroless"},
}

// known says what is known about a reference. platform is os/arch of --platform, or
// "".
func known(s, platform string, m *matrix.Matrix) system {
	r := parseRef(s)
	var sys system
	name := r.name()
	for _, f := range families {
		for n := range strings.FieldsSeq(f.names) {
			if sys.family == "" && (name == n || strings.HasPrefix(name, n) && !isLetter(name[len(n)])) {
				sys.family = f.family
			}
		}
	}
	if strings.HasPrefix(r.repo, "distroless/") || strings.Contains(r.repo, "/distroless/") {
		sys.family = matrix.None
	}
	switch {
	case strings.HasSuffix(r.tag, "alpine") || strings.Contains(r.tag, "-alpine") || strings.HasPrefix(r.tag, "alpine"):
		sys.family = matrix.APK
	case strings.HasSuffix(r.tag, "-rhel"), r.repo == "uos/server", r.repo == "kylinos/server": // what articles mean by these is rpm
		sys.family = matrix.RPM
	}
	loong := strings.Contains(platform, "loong")
	switch {
	case r.registry == "cr.loongnix.cn":
		sys.world = "old"
	case r.registry == "lcr.loongnix.cn":
		sys.world = "new"
	case (loong || strings.Contains(name, "loongarch")) && (strings.HasPrefix(name, "kylin") && strings.Contains(name+r.tag, "v10") || strings.HasPrefix(name, "uos-server-20")):
		sys.world = "old"
	}
	sys.golang = name == "golang" && r.registry != "cr.loongnix.cn"
	sys.user = strings.Contains(r.tag, "nonroot")
	return sys.fromMatrix(s, platform, m)
}

// fromMatrix adds what the matrix says about the very reference.
func (sys system) fromMatrix(s, platform string, m *matrix.Matrix) system {
	if m == nil {
		return sys
	}
	want := parseRef(s).String()
	for _, b := range m.Bases {
		same := b.Ref != "" && parseRef(b.Ref).String() == want
		for _, p := range b.Platforms {
			own := p.Ref != "" && parseRef(p.Ref).String() == want
			if own || same && p.Ref == "" {
				sys.family = b.Family
			}
			if p.World != "" && (own || same && p.Ref == "" && (strings.Contains(platform, p.Arch) || len(b.Platforms) == 1)) {
				sys.world = p.World
			}
		}
		if same {
			sys.family = b.Family
		}
	}
	return sys
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
