package publish

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// The names of the objects that lead to the versions of a project.
const (
	IndexName   = "index.json"
	LatestName  = "latest.json"
	PageName    = "index.html"
	InstallName = "install.sh"

	claimPrefix  = ".claim-"
	promotedName = ".promoted.json" // in the project's folder
	yankedName   = ".yanked.json"   // in the version's folder; no artifact's name begins with a dot
	removingName = ".removing.json" // in the version's folder
)

// pointers may not be the name of a version: they are objects beside it.
var pointers = []string{IndexName, LatestName, PageName, InstallName}

// ClaimKey is where the claim on a version lies.
func ClaimKey(project, version string) string {
	return path.Join(project, claimPrefix+version+".json")
}

// YankedKey is where the tombstone of a version lies ([Tombstone]).
func YankedKey(project, version string) string { return path.Join(project, version, yankedName) }

// checkVersion refuses names that no version of a store can have.
func checkVersion(project, version string) error {
	if err := manifest.CheckName("project", project); err != nil {
		return err
	}
	if err := manifest.CheckName("version", version); err != nil {
		return err
	}
	if slices.Contains(pointers, version) {
		return msg.Errorf("version %q is the name of an object of the store", "版本号 %q 与存储中的对象同名", version).WithKind(msg.Usage).
			WithHint("give the version another name", "请换一个版本号")
	}
	return nil
}

// checkManifest refuses what must not get into a store, or be believed when it
// comes out of one: beyond what [manifest.Manifest.Check] asks, what a store's
// layout and `sha256sum -c` need.
func checkManifest(m *manifest.Manifest) error {
	if err := m.Check(); err != nil {
		return err
	}
	if err := checkVersion(m.Project, m.Version); err != nil {
		return err
	}
	if len(m.Artifacts) == 0 {
		return msg.Errorf("publish %s %s: the release has no artifacts", "发布 %s %s：没有任何制品", m.Project, m.Version).
			WithHint("a release that publishes nothing is taken for a mistake; check the builds and archives of the configuration",
				"什么都不发布视为错误；请检查配置中的 builds 与 archives").WithKind(msg.Usage)
	}
	for _, a := range m.Artifacts {
		if a.Name != manifest.SumsName && strings.EqualFold(a.Name, manifest.SumsName) {
			return msg.Errorf("artifact %q: differs from %s only in case", "制品 %q：与 %s 仅有大小写之别", a.Name, manifest.SumsName).WithKind(msg.Usage)
		}
		if manifest.Sidecar(a.Name) {
			return msg.Errorf("artifact %q: the name is that of a signature or attestation of the release", "制品 %q：该名称属于发布的签名或证明", a.Name).WithKind(msg.Usage)
		}
		if a.Size < 0 || !isHex(a.SHA256, 64) {
			return msg.Errorf("artifact %q: size or sha256 is not valid", "制品 %q：大小或 sha256 无效", a.Name)
		}
	}
	return nil
}

func isHex(s string, n int) bool {
	return len(s) == n && !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
}

// hasSums reports whether the project brings a SHA256SUMS of its own.
func hasSums(m *manifest.Manifest) bool {
	return slices.ContainsFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Name == manifest.SumsName })
}

const (
	forever = "public, max-age=31536000, immutable"
	never   = "no-cache"
)

// fixed are the options of an object that never changes.
func fixed(name string) store.PutOptions {
	return store.PutOptions{IfAbsent: true, ContentType: contentType(name), CacheControl: forever}
}

// moving are the options of an object that each publication rewrites.
func moving(name string) store.PutOptions {
	return store.PutOptions{ContentType: contentType(name), CacheControl: never}
}

func contentType(name string) string {
	for _, t := range []struct{ suffix, is string }{
		{".tar.gz", "application/gzip"}, {".tgz", "application/gzip"}, {".gz", "application/gzip"},
		{".zst", "application/zstd"}, {".xz", "application/x-xz"}, {".tar", "application/x-tar"}, {".zip", "application/zip"},
		{".deb", "application/vnd.debian.binary-package"}, {".rpm", "application/x-rpm"},
		{".exe", "application/vnd.microsoft.portable-executable"},
		{".json", "application/json"}, {".html", "text/html; charset=utf-8"}, {".sh", "text/x-shellscript; charset=utf-8"},
		{".txt", "text/plain; charset=utf-8"}, {manifest.SumsName, "text/plain; charset=utf-8"}, {manifest.SM3SumsName, "text/plain; charset=utf-8"}, {minisigSuffix, "text/plain; charset=utf-8"},
	} {
		if strings.HasSuffix(name, t.suffix) {
			return t.is
		}
	}
	return "application/octet-stream"
}
