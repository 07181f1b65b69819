package assemble

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// bundle is all that goes to an output.
type bundle struct {
	index     *index
	referrers []*image
	documents map[string][]byte // bills of materials by what a file name says of the platform
	created   time.Time
}

func newBundle(images []*built, o Options) (*bundle, error) {
	b := &bundle{documents: map[string][]byte{}}
	var containers []*image
	for n, i := range images {
		containers, b.referrers = append(containers, i.image), append(b.referrers, i.referrer)
		b.documents["linux-"+o.Platforms[n].arch()] = i.document
		config, err := i.image.ConfigFile()
		if err != nil {
			return nil, err
		}
		if config.Created.After(b.created) {
			b.created = config.Created.Time
		}
	}
	var err error
	b.index, err = newIndex(containers)
	return b, err
}

// blobs are all contents, each once, sorted by digest.
func (b *bundle) blobs() []*blob {
	all := append(b.layers(), b.index.manifest)
	for _, i := range b.index.images {
		all = append(all, i.manifest, i.config)
	}
	for _, r := range b.referrers {
		all = append(append(all, r.manifest, r.config), r.layers...)
	}
	return once(all)
}

// layers are those of the images, each once, sorted by digest.
func (b *bundle) layers() []*blob {
	var all []*blob
	for _, i := range b.index.images {
		all = append(all, i.layers...)
	}
	return once(all)
}

func once(all []*blob) []*blob {
	slices.SortFunc(all, func(x, y *blob) int { return strings.Compare(x.digest.Hex, y.digest.Hex) })
	return slices.CompactFunc(all, func(x, y *blob) bool { return x.digest == y.digest })
}

// top is the index.json of a layout: what was in it before, the index under its
// tag, and the referrers, which have no tag and are found by their subject.
func (b *bundle) top(old []v1.Descriptor, tag string) ([]byte, error) {
	main := b.index.manifest.descriptor()
	main.Annotations = map[string]string{refName: tag}
	add := []v1.Descriptor{main}
	for _, r := range b.referrers {
		add = append(add, r.descriptor())
	}
	kept := slices.DeleteFunc(slices.Clone(old), func(d v1.Descriptor) bool {
		return d.Annotations[refName] == tag || d.Annotations[refName] == "" && slices.ContainsFunc(add, func(a v1.Descriptor) bool { return a.Digest == d.Digest })
	})
	return json.MarshalIndent(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex, Manifests: append(kept, add...)}, "", "  ")
}

var layoutFile = []byte(`{"imageLayoutVersion":"1.0.0"}`)

// write sends the bundle to the output, then the bills of materials beside it.
func (o *Options) write(ctx context.Context, b *bundle, r *Result) error {
	stage := "write"
	if o.Output.Kind == Registry {
		stage = "push"
	}
	var total int64
	for _, l := range b.layers() {
		total += l.size
	}
	meter := newMeter(o.Progress, "", stage, total)
	defer meter.end()
	var sent atomic.Int64
	// Platforms share layers, and any of the equal ones may be the one that is read.
	for _, i := range b.index.images {
		for _, l := range i.layers {
			l.on = func(n int) { sent.Add(int64(n)); meter.add(n) }
		}
	}
	var err error
	switch o.Output.Kind {
	case Layout:
		err = b.writeLayout(ctx, o.Output)
	case Tar:
		err = b.writeTar(ctx, o.Output)
	case DockerArchive:
		err = b.writeDocker(ctx, o.Output, o.Name)
	case Registry:
		err = o.push(ctx, b, r)
		r.Sent = sent.Load()
		return err
	default:
		err = msg.Errorf("nothing is written as %s", "不能写成 %s", o.Output.Kind).WithKind(msg.Usage)
	}
	if err != nil {
		return err
	}
	r.SBOMFiles, err = b.writeDocuments(ctx, o.Output.Path)
	return err
}

// writeDocuments writes the bills of materials beside an output:
// go.tar → go.linux-amd64.cdx.json.
func (b *bundle) writeDocuments(ctx context.Context, output string) ([]string, error) {
	var out []string
	stem := strings.TrimSuffix(output, ".tar")
	for platform, text := range b.documents {
		name := stem + "." + platform + ".cdx.json"
		if _, err := archive.WriteFile(ctx, name, 0o644, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out, nil
}

// parent makes the directory that an output goes into.
func parent(path string) (string, error) {
	dir := filepath.Dir(path)
	return dir, os.MkdirAll(dir, 0o755)
}
