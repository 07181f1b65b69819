package publish

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// signedPrefix and minisigSuffix make the names of a manifest's signatures:
// manifest.json.minisig, manifest.json.KEYID.minisig.
const (
	signedPrefix  = manifest.FileName + "."
	minisigSuffix = ".minisig"
)

// signers are the ids of the minisign keys that signatures of a version's manifest
// say they are by, sorted. They help people to find the right key and prove
// nothing.
func (l *leader) signers(ctx context.Context, version string, sidecars []string) ([]string, error) {
	var ids []string
	for _, name := range sidecars {
		rest, ok := strings.CutPrefix(name, signedPrefix)
		if !ok || !strings.HasSuffix(name, minisigSuffix) {
			continue
		}
		if id, ok := strings.CutSuffix(rest, minisigSuffix); ok {
			ids = append(ids, id)
			continue
		}
		b, _, err := l.st.read(ctx, l.key(version, name))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if id := keyID(b); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// keyID is the key's id in the second line of a minisign signature: two bytes of
// algorithm, then eight of the id, the lowest first.
func keyID(sig []byte) string {
	lines := strings.SplitN(string(sig), "\n", 3)
	if len(lines) < 3 {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(lines[1], "\r"))
	if err != nil || len(raw) != 2+8+64 {
		return ""
	}
	return fmt.Sprintf("%016X", binary.LittleEndian.Uint64(raw[2:]))
}
