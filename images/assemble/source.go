package assemble

import (
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Kind is where a base comes from or an image goes to. The words are those of the
// command line and stable.
type Kind string

// The kinds.
const (
	Registry      Kind = "registry"
	Layout        Kind = "oci"            // a directory in OCI layout
	DockerArchive Kind = "docker-archive" // what `docker save` writes and `docker load` reads
	Rootfs        Kind = "rootfs"         // bases only: a tar of a root file system, plain, gzip, xz or zstd
	Scratch       Kind = "scratch"        // bases only: nothing
	Tar           Kind = "tar"            // outputs only: an OCI layout as one tar
)

// Source is a base image. The zero Source is none; see [ParseSource].
type Source struct {
	Kind Kind
	Path string // of a directory or file; "" for Registry and Scratch
	Ref  string // registry reference, with its tag or digest; "" but for Registry
	Tag  string // in a layout or archive; "" = the only image there
}

// ParseSource reads a base as it is written on a command line:
//
//	scratch
//	oci:DIR[:tag]
//	docker-archive:FILE[:tag]
//	rootfs:FILE
//	[HOST/]NAME[:tag][@sha256:…]
//
// A registry reference is the one that stands in a Dockerfile's FROM.
func ParseSource(s string) (Source, error) {
	if s == "scratch" {
		return Source{Kind: Scratch}, nil
	}
	kind, rest, ok := strings.Cut(s, ":")
	switch Kind(kind) {
	case Layout, DockerArchive:
		if ok {
			path, tag := cutTag(rest)
			return Source{Kind: Kind(kind), Path: path, Tag: tag}, needPath(s, path)
		}
	case Rootfs:
		if ok {
			return Source{Kind: Rootfs, Path: rest}, needPath(s, rest)
		}
	}
	if _, err := name.ParseReference(s); err != nil {
		return Source{}, msg.Errorf("read base %q: it is no image reference", "读取基础镜像 %q：不是镜像引用", s).
			WithHint("write scratch, rootfs:FILE, oci:DIR[:tag], docker-archive:FILE[:tag], or a reference such as registry.example/os/base:v1",
				"可写 scratch、rootfs:文件、oci:目录[:标签]、docker-archive:文件[:标签]，或 registry.example/os/base:v1 这样的引用").WithKind(msg.Usage)
	}
	return Source{Kind: Registry, Ref: s}, nil
}

// String writes the source as ParseSource reads it.
func (s Source) String() string { return spell(s.Kind, s.Path, s.Ref, s.Tag) }

// Output is where an image goes. The zero Output is none; see [ParseOutput].
type Output struct {
	Kind Kind
	Path string // of a directory or file; "" for Registry
	Ref  string // registry reference with its tag; "" but for Registry
	Tag  string // in a layout or archive; "" = latest
}

// ParseOutput reads an output as it is written on a command line:
//
//	oci:DIR[:tag]
//	tar:FILE[:tag]
//	docker-archive:FILE[:tag]
//	[HOST/]NAME[:tag]
func ParseOutput(s string) (Output, error) {
	kind, rest, ok := strings.Cut(s, ":")
	switch Kind(kind) {
	case Layout, Tar, DockerArchive:
		if ok {
			path, tag := cutTag(rest)
			return Output{Kind: Kind(kind), Path: path, Tag: tag}, needPath(s, path)
		}
	}
	if _, err := name.NewTag(s); err != nil {
		return Output{}, msg.Errorf("read output %q: it is no image reference with a tag", "读取输出位置 %q：不是带标签的镜像引用", s).
			WithHint("write oci:DIR[:tag], tar:FILE[:tag], docker-archive:FILE[:tag], or a reference such as registry.example/team/go:1.26",
				"可写 oci:目录[:标签]、tar:文件[:标签]、docker-archive:文件[:标签]，或 registry.example/team/go:1.26 这样的引用").WithKind(msg.Usage)
	}
	return Output{Kind: Registry, Ref: s}, nil
}

// String writes the output as ParseOutput reads it.
func (o Output) String() string { return spell(o.Kind, o.Path, o.Ref, o.Tag) }

func spell(kind Kind, path, ref, tag string) string {
	switch {
	case kind == Registry:
		return ref
	case path == "":
		return string(kind)
	case tag == "":
		return string(kind) + ":" + path
	}
	return string(kind) + ":" + path + ":" + tag
}

var tagForm = lazyre.New(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

// cutTag takes the tag off a path. What follows the colon of C:\dir is no tag.
func cutTag(s string) (path, tag string) {
	if i := strings.LastIndexByte(s, ':'); i > 0 && tagForm.Re().MatchString(s[i+1:]) {
		return filepath.Clean(s[:i]), s[i+1:]
	}
	if s == "" {
		return "", ""
	}
	return filepath.Clean(s), ""
}

func needPath(s, path string) error {
	if path != "" {
		return nil
	}
	return msg.Errorf("read %q: a path is missing after the colon", "读取 %q：冒号之后缺少路径", s).WithKind(msg.Usage)
}
