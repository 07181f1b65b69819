package assemble

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestPushLayout(t *testing.T) {
	h := newHub(t, registry.WithReferrersSupport(true))
	built := build(t, options(t, threeArchs(t)...))
	from, err := ParseSource(built.Output)
	if err != nil {
		t.Fatal(err)
	}
	to := h.host + "/team/go:1"
	p, err := Push(t.Context(), PushOptions{Layout: from, To: to, Transport: h.rt})
	if err != nil {
		t.Fatal(err)
	}
	if p.Digest != built.Digest || p.Referrers != 3 || p.To != to {
		t.Errorf("%+v, built %s", p, built.Digest)
	}
	tag, err := name.NewTag(to)
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Index(tag, remote.WithTransport(h.rt))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil || digestOf(t, index) != built.Digest {
		t.Errorf("%s, %v", digestOf(t, index), err)
	}
	for _, platform := range built.Platforms {
		refs, err := remote.Referrers(tag.Context().Digest(platform.Digest), remote.WithTransport(h.rt))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := refs.IndexManifest(); err != nil || len(m.Manifests) != 1 || m.Manifests[0].Digest.String() != platform.SBOM {
			t.Errorf("%s: %+v, %v", platform.Platform, m, err)
		}
	}
	// Once more: nothing is sent again.
	h.misbehave(nil)
	if _, err := Push(t.Context(), PushOptions{Layout: from, To: to, Transport: h.rt}); err != nil || h.count("PATCH", "") > 0 {
		t.Errorf("%d uploads, %v", h.count("PATCH", ""), err)
	}
}

func TestPushRefusals(t *testing.T) {
	h := newHub(t)
	built := build(t, options(t, threeArchs(t)...))
	from, err := ParseSource(built.Output)
	if err != nil {
		t.Fatal(err)
	}
	to := h.host + "/team/go:1"
	for _, c := range []struct {
		from Source
		to   string
		kind msg.Kind
		want string
	}{
		{from, "UPPER/case", msg.Usage, "no image reference"},
		{Source{Kind: Rootfs, Path: "x.tar"}, to, msg.Usage, "OCI layout"},
		{Source{Kind: Layout, Path: t.TempDir()}, to, msg.Failed, "index.json"},
		{Source{Kind: Layout, Path: from.Path, Tag: "other"}, to, msg.Failed, `no tag "other"`},
		{from, "127.0.0.1:1/team/go:1", msg.Incomplete, "127.0.0.1:1"},
	} {
		if _, err := Push(t.Context(), PushOptions{Layout: c.from, To: c.to, Transport: h.rt}); err == nil || msg.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v to %s: kind %v, %v", c.from, c.to, msg.KindOf(err), err)
		}
	}
	// A blob that was changed on the disk is refused by the registry, and no tag appears.
	layers := built.Platforms[0].Layers
	changed := filepath.Join(from.Path, "blobs", "sha256", strings.TrimPrefix(layers[len(layers)-1].Digest, "sha256:"))
	data, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(changed, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Push(t.Context(), PushOptions{Layout: from, To: to, Transport: h.rt}); err == nil {
		t.Error("a changed blob was pushed")
	}
	if n := h.count("PUT", "/manifests/1"); n > 0 {
		t.Error("the tag was set all the same")
	}
}
