package trust

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Signing is what is signed of a release, and by whom.
type Signing struct {
	Manifest *manifest.Manifest
	Body     []byte   // of manifest.json
	Sums     []byte   // of SHA256SUMS
	SM3Sums  []byte   // of SM3SUMS; nil = made of Open if an SM2 key signs or SM3 asks for it
	Signers  []Signer // none = only SM3SUMS, if wanted
	SM3      bool     // make SM3SUMS even without an SM2 key
	// Open opens an artifact, for SM3SUMS.
	Open func(name string) (io.ReadSeekCloser, error)
	// Have are the signatures and sums that are there. One by the same key stays, or
	// is made again with the same bytes; beside one by another key the new one gets
	// the key's id into its name.
	Have map[string][]byte
}

// Sign signs manifest.json and, with minisign, SHA256SUMS or, with SM2, SM3SUMS.
// It returns the files that are to lie beside manifest.json, those of Have that
// count among them excepted, sorted by name.
func Sign(ctx context.Context, s Signing) ([]Signature, error) {
	made := map[string][]byte{}
	comment := Comment{s.Manifest.Project, s.Manifest.Version, s.Manifest.Sequence}.String()
	if s.SM3Sums == nil && (s.SM3 || slices.ContainsFunc(s.Signers, func(s Signer) bool { return s.Key().Kind() == SM2 })) {
		sums, err := SM3Sums(ctx, s.Manifest, s.Open)
		if err != nil {
			return nil, err
		}
		s.SM3Sums = sums
	}
	if s.SM3Sums != nil && !bytes.Equal(s.Have[manifest.SM3SumsName], s.SM3Sums) {
		made[manifest.SM3SumsName] = s.SM3Sums
	}
	for _, signer := range s.Signers {
		files := []Signature{{manifest.FileName, s.Body}, {manifest.SumsName, s.Sums}}
		if signer.Key().Kind() == SM2 {
			files[1] = Signature{manifest.SM3SumsName, s.SM3Sums}
		}
		for _, f := range files {
			if err := signOne(ctx, signer, f, comment, s.Have, made); err != nil {
				return nil, msg.Errorf("sign %s: %w", "签名 %s：%w", f.Name, err)
			}
		}
	}
	var out []Signature
	for name, data := range made {
		out = append(out, Signature{name, data})
	}
	slices.SortFunc(out, func(a, b Signature) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// SignFile signs one file, trust.yaml for one, and returns the signature with the
// name to give it.
func SignFile(ctx context.Context, signer Signer, name string, data []byte, have map[string][]byte) (Signature, error) {
	made := map[string][]byte{}
	if err := signOne(ctx, signer, Signature{name, data}, "file:"+name, have, made); err != nil {
		return Signature{}, msg.Errorf("sign %s: %w", "签名 %s：%w", name, err)
	}
	for n, d := range made {
		return Signature{n, d}, nil
	}
	return Signature{}, nil
}

// signOne makes a signature, unless the key's own is there, and puts it into made
// under a name that no other key's signature has.
func signOne(ctx context.Context, signer Signer, f Signature, comment string, have, made map[string][]byte) error {
	message := bytes.NewReader(f.Data)
	key := signer.Key()
	for name, data := range have {
		if file, kind, ok := Signed(name); ok && file == f.Name && kind == key.Kind() {
			if _, err := key.Verify(message, data); err == nil {
				return nil
			}
		}
	}
	sig, err := signer.Sign(ctx, f.Name, message, comment)
	if err != nil {
		return err
	}
	_, err = key.Verify(message, sig)
	var other *otherKeyError
	if errors.As(err, &other) {
		return msg.Errorf("the new signature is by the key %s, not %s", "新签名来自密钥 %s，而不是 %s", other.id, key.ID())
	}
	if err != nil {
		return msg.Errorf("the new signature does not hold by the key %s: %w", "新签名与密钥 %s 不符：%w", key.ID(), err).
			WithHint("nothing was published; a command signs by the key of sign.command_key or --command-key: name its own there", "未发布任何内容；签名命令须使用 sign.command_key 或 --command-key 所指的密钥：请在那里给出它自己的公钥")
	}
	name := SignatureName(f.Name, key.Kind(), "")
	there, taken := made[name]
	if old, kept := have[name]; kept && !taken {
		// One that does not hold, of this very key, is left over from other bytes.
		there, taken = old, key.Kind() == SM2 || KeyIDOf(old) != key.ID()
	}
	if taken && !bytes.Equal(there, sig) {
		name = SignatureName(f.Name, key.Kind(), key.ID())
	}
	made[name] = sig
	return nil
}
