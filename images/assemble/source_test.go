package assemble

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const someDigest = "sha256:bd63ed4c0000000000000000000000000000000000000000000000000000295e"

func TestParseSource(t *testing.T) {
	for in, want := range map[string]Source{
		"scratch":                       {Kind: Scratch},
		"oci:images/base":               {Kind: Layout, Path: "images/base"},
		"oci:./base:v10":                {Kind: Layout, Path: "base", Tag: "v10"},
		`oci:C:\images\base`:            {Kind: Layout, Path: `C:\images\base`},
		"oci:/a:b/c":                    {Kind: Layout, Path: "/a:b/c"},
		"docker-archive:kylin.tar:v10":  {Kind: DockerArchive, Path: "kylin.tar", Tag: "v10"},
		"docker-archive:kylin.tar":      {Kind: DockerArchive, Path: "kylin.tar"},
		"rootfs:openEuler.tar.xz":       {Kind: Rootfs, Path: "openEuler.tar.xz"},
		"rootfs:odd:name.tar":           {Kind: Rootfs, Path: "odd:name.tar"},
		"registry.example/os/kylin:v10": {Kind: Registry, Ref: "registry.example/os/kylin:v10"},
		"registry.example:5000/os/kylin:v10@" + someDigest: {Kind: Registry, Ref: "registry.example:5000/os/kylin:v10@" + someDigest},
		"debian":           {Kind: Registry, Ref: "debian"},
		"tar:v1":           {Kind: Registry, Ref: "tar:v1"}, // no kind of base: the image tar
		"rootfs.example/a": {Kind: Registry, Ref: "rootfs.example/a"},
	} {
		if got, err := ParseSource(in); got != want || err != nil {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "oci:", "rootfs:", "docker-archive:", "Upper/Case", "a b", "registry.example/a@sha256:12", "https://registry.example/a"} {
		_, err := ParseSource(in)
		if err == nil || msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestParseOutput(t *testing.T) {
	for in, want := range map[string]Output{
		"oci:out":                      {Kind: Layout, Path: "out"},
		"oci:out:1.26":                 {Kind: Layout, Path: "out", Tag: "1.26"},
		"tar:out.tar:x":                {Kind: Tar, Path: "out.tar", Tag: "x"},
		"docker-archive:go.tar":        {Kind: DockerArchive, Path: "go.tar"},
		"registry.example/team/go:1.2": {Kind: Registry, Ref: "registry.example/team/go:1.2"},
	} {
		if got, err := ParseOutput(in); got != want || err != nil {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "oci:", "tar:", "registry.example/a@" + someDigest, "A"} {
		if _, err := ParseOutput(in); err == nil || msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func FuzzParseSource(f *testing.F) {
	for _, s := range []string{"scratch", "oci:a:b", `oci:C:\x`, "docker-archive:x.tar", "rootfs:a", "registry.example/a:b", "oci::a", "oci:a/:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseSource(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got.Tag, "/\\: ") {
			t.Errorf("%q: tag %q", s, got.Tag)
		}
		again, err := ParseSource(got.String())
		if err != nil || again != got {
			t.Errorf("%q: %+v is written as %q and read as %+v, %v", s, got, got.String(), again, err)
		}
	})
}
