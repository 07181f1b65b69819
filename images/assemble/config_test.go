package assemble

import (
	"reflect"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

func TestEnvironment(t *testing.T) {
	ours := []string{"GOTOOLCHAIN=local", "CGO_ENABLED=0", "HOME=/home/builder", "GOPATH=/go", "GOCACHE=/cache/go-build", "GOMODCACHE=/cache/mod"}
	for name, tc := range map[string]struct{ in, want []string }{
		"nothing":   {nil, []string{"PATH=/usr/local/go/bin:/go/bin:" + plainPath}},
		"empty":     {[]string{"PATH="}, []string{"PATH=/usr/local/go/bin:/go/bin:" + plainPath}},
		"own":       {[]string{"LANG=C.UTF-8", "PATH=/opt/bin:/bin", "TZ=Asia/Shanghai"}, []string{"LANG=C.UTF-8", "TZ=Asia/Shanghai", "PATH=/usr/local/go/bin:/go/bin:/opt/bin:/bin"}},
		"golang's":  {[]string{"PATH=/go/bin:/usr/local/go/bin:/bin", "GOPATH=/elsewhere", "GOTOOLCHAIN=auto", "GOROOT=/usr/lib/go", "HOME=/"}, []string{"PATH=/usr/local/go/bin:/go/bin:/bin"}},
		"odd entry": {[]string{"ODD"}, []string{"ODD", "PATH=/usr/local/go/bin:/go/bin:" + plainPath}},
	} {
		if got := environment(tc.in); !slices.Equal(got, append(tc.want, ours...)) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestConfigKeepsWhatIsTheBases(t *testing.T) {
	at := released
	b := &base{source: Source{Kind: Registry}, name: "registry.example/os/kylin:v10", digest: someDigest, layers: []*blob{{}, {}}, tree: newTree(), config: v1.ConfigFile{
		Author: "somebody", DockerVersion: "18.09", Container: "abc",
		History: []v1.History{{CreatedBy: "ADD"}, {CreatedBy: "ENV", EmptyLayer: true}, {CreatedBy: "RUN"}},
		Config: v1.Config{
			Entrypoint: []string{"/init"}, Cmd: []string{"sh"}, Volumes: map[string]struct{}{"/data": {}}, User: "root", Hostname: "build-7", Image: "sha256:old",
			Labels: map[string]string{"vendor": "Kylin", "org.opencontainers.image.title": "kylin", "org.opencontainers.image.revision": "abc", "dev.yingzao.go.version": "1.2"},
		},
	}}
	sdk := fakeSDK("loong64", nil)
	c := configOf(b, Facts{Families: []matrix.Family{matrix.RPM, matrix.Deb}}, sdk, at, map[string]string{"vendor": "us"}, []*blob{{}, {}, {}, {}})
	want := map[string]string{
		"vendor":                               "us",
		"org.opencontainers.image.created":     "2026-08-28T16:20:06Z",
		"org.opencontainers.image.base.name":   "registry.example/os/kylin:v10",
		"org.opencontainers.image.base.digest": someDigest,
		"dev.yingzao.go.version":               "1.26.8",
		"dev.yingzao.go.sdk.h1":                sdk.H1,
		"dev.yingzao.go.sdk.vouched":           "checksum-database",
		"dev.yingzao.loong.world":              "new",
		"dev.yingzao.os.family":                "deb",
	}
	if !reflect.DeepEqual(c.Config.Labels, want) {
		t.Errorf("labels %v", c.Config.Labels)
	}
	if c.Config.Hostname+c.Config.Image+c.Author+c.DockerVersion+c.Container != "" || c.Config.Entrypoint[0] != "/init" || len(c.Config.Volumes) != 1 {
		t.Errorf("%+v", c)
	}
	if len(c.History) != 5 || c.History[1].CreatedBy != "ENV" || len(c.RootFS.DiffIDs) != 4 {
		t.Errorf("history %+v", c.History)
	}
	b.config.History = b.config.History[:2] // tells of one layer where there are two
	if c := configOf(b, Facts{}, sdk, at, nil, nil); len(c.History) != 4 || c.History[0].CreatedBy == "ADD" {
		t.Errorf("history that does not fit: %+v", c.History)
	}
	b.source.Kind = DockerArchive
	if l := configOf(b, Facts{}, sdk, at, nil, nil).Config.Labels; l["org.opencontainers.image.base.digest"] != "" || l["dev.yingzao.base.config"] != someDigest {
		t.Errorf("docker archive: %v", l)
	}
}
