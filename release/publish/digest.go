package publish

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// meter sums a stream as manifests do.
type meter struct {
	size int64
	sha  hash.Hash
	crc  hash.Hash64
}

func newMeter() *meter { return &meter{sha: sha256.New(), crc: store.NewCRC64()} }

func (m *meter) Write(b []byte) (int, error) {
	m.size += int64(len(b))
	m.sha.Write(b)
	m.crc.Write(b)
	return len(b), nil
}

func (m *meter) sha256() string { return hex.EncodeToString(m.sha.Sum(nil)) }
func (m *meter) crc64() string  { return store.FormatCRC64(m.crc.Sum64()) }

func sha256Of(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// Fingerprint is the digest of what would be published: project, version, and
// name, size and SHA-256 of every artifact. Facts about how they were made do
// not count: two builders may tell them differently of the same bytes.
func Fingerprint(m *manifest.Manifest) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", m.Project, m.Version)
	for _, a := range sorted(m.Artifacts) {
		fmt.Fprintf(h, "%s %d %s\n", a.SHA256, a.Size, a.Name)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func sorted(as []manifest.Artifact) []manifest.Artifact {
	return slices.SortedFunc(slices.Values(as), func(a, b manifest.Artifact) int { return cmp.Compare(a.Name, b.Name) })
}

// differences names the artifacts in which two manifests are not the same.
func differences(a, b *manifest.Manifest) []string {
	type id struct {
		size int64
		sum  string
	}
	left := map[string]id{}
	for _, x := range a.Artifacts {
		left[x.Name] = id{x.Size, x.SHA256}
	}
	var out []string
	for _, x := range b.Artifacts {
		if have, ok := left[x.Name]; !ok || have != (id{x.Size, x.SHA256}) {
			out = append(out, x.Name)
		}
		delete(left, x.Name)
	}
	for name := range left {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// encode writes JSON as it lies in the store: indented, ending in a newline.
func encode(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // our own types always marshal
	}
	return append(b, '\n')
}

// decodeManifest reads manifest.json and refuses what checkManifest refuses.
func decodeManifest(b []byte) (*manifest.Manifest, error) {
	m, err := manifest.Parse(manifest.FileName, b)
	if err == nil {
		err = checkManifest(m)
	}
	return m, err
}
