package provenance

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// PayloadType is what an envelope of a statement says it holds.
const PayloadType = "application/vnd.in-toto+json"

// Envelope is DSSE's, version 1.
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     Base64      `json:"payload"`
	Signatures  []Signature `json:"signatures"` // one for each signer
}

// Signature is one of an envelope's.
type Signature struct {
	KeyID string `json:"keyid"` // a hint, and no proof; "" = not known, as DSSE allows
	Sig   Base64 `json:"sig"`
}

// Base64 are bytes that DSSE writes in either alphabet of base64. Ours are written in
// the standard one.
type Base64 []byte

// UnmarshalText reads both alphabets.
func (b *Base64) UnmarshalText(text []byte) error {
	enc := base64.StdEncoding
	if bytes.ContainsAny(text, "-_") {
		enc = base64.URLEncoding
	}
	out, err := enc.DecodeString(string(text))
	*b = out
	return err
}

// MarshalText writes the standard alphabet.
func (b Base64) MarshalText() ([]byte, error) {
	return []byte(base64.StdEncoding.EncodeToString(b)), nil
}

// Signer signs bytes as they are: plain Ed25519, or SM2. It is a trust.Signer, to which
// name says what the bytes are of.
type Signer interface {
	SignRaw(ctx context.Context, name string, message []byte) ([]byte, error)
}

// Verifier checks such signatures. It is a trust.Key.
type Verifier interface {
	ID() string
	VerifyRaw(message, sig []byte) bool
}

// PAE is DSSE's pre-authentication encoding: what is signed.
func PAE(payloadType string, payload []byte) []byte {
	b := []byte("DSSEv1 " + strconv.Itoa(len(payloadType)) + " " + payloadType + " " + strconv.Itoa(len(payload)) + " ")
	return append(b, payload...)
}

// Sign makes one signature of what DSSE signs.
type Sign func(message []byte) (Signature, error)

// By signs by the key called keyID.
func By(ctx context.Context, keyID string, s Signer) Sign {
	return func(message []byte) (Signature, error) {
		sig, err := s.SignRaw(ctx, manifest.ProvenanceName, message)
		return Signature{KeyID: keyID, Sig: sig}, err
	}
}

// Seal signs a statement and gives the file's bytes. The same statement and Ed25519
// keys give the same bytes.
func Seal(s *Statement, by ...Sign) ([]byte, error) {
	payload, err := s.Marshal()
	if err != nil {
		return nil, err
	}
	return (&Envelope{PayloadType: PayloadType, Payload: payload}).add(by)
}

// Cosign adds signatures to an envelope.
func Cosign(data []byte, by ...Sign) ([]byte, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil, err
	}
	return e.add(by)
}

// Further signs the same statement in an envelope of its own, for a place where the
// first cannot be replaced.
func Further(data []byte, by ...Sign) ([]byte, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil, err
	}
	e.Signatures = nil
	return e.add(by)
}

func (e *Envelope) add(by []Sign) ([]byte, error) {
	message := PAE(e.PayloadType, e.Payload)
	for _, sign := range by {
		sig, err := sign(message)
		if err != nil {
			return nil, msg.Errorf("sign provenance: %w", "签署来源证明：%w", err)
		}
		e.Signatures = append(e.Signatures, sig)
	}
	b, err := marshal(e)
	return append(b, '\n'), err
}

// FurtherName is the file name of a [Further] signature of a release's provenance.
func FurtherName(keyID string) string { return "provenance." + keyID + ".intoto.json" }

// IsFurther reports whether a file name is that of such a signature.
func IsFurther(name string) bool {
	id, ok := strings.CutPrefix(name, "provenance.")
	id, ok2 := strings.CutSuffix(id, ".intoto.json")
	return ok && ok2 && id != "" && name == FurtherName(id)
}

// Open reads an envelope and its statement and returns the ids of those keys that
// signed it, each once. None is no error here: how many are needed is the caller's
// policy. Nothing in the statement may be believed before that is decided.
func Open(data []byte, keys []Verifier) (*Statement, []string, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil, nil, err
	}
	s, err := Parse(e.Payload)
	if err != nil {
		return nil, nil, err
	}
	var by []string
	message := PAE(e.PayloadType, e.Payload)
	for _, k := range keys {
		for _, sig := range e.Signatures {
			if k.VerifyRaw(message, sig.Sig) {
				by = append(by, k.ID())
				break
			}
		}
	}
	return s, by, nil
}

// maxSignatures is the most signatures of an envelope: each is tried with each key.
const maxSignatures = 64

func parseEnvelope(data []byte) (*Envelope, error) {
	bad := func(why msg.Text) error {
		return msg.Errorf("read envelope: %v", "读取信封：%v", why).WithKind(msg.Findings)
	}
	if len(data) > maxStatement {
		return nil, bad(msg.Textf("it has more than %d bytes", "超过 %d 字节", maxStatement))
	}
	var e Envelope
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, bad(msg.Textf("%v", "%v", err))
	}
	switch {
	case e.PayloadType != PayloadType:
		return nil, bad(msg.Textf("its payload type is %q, not %s", "载荷类型为 %q，而不是 %s", e.PayloadType, PayloadType))
	case len(e.Signatures) == 0:
		return nil, bad(msg.Text{EN: "it has no signature", ZH: "没有签名"})
	case len(e.Signatures) > maxSignatures:
		return nil, bad(msg.Textf("it has more than %d signatures", "签名超过 %d 个", maxSignatures))
	}
	return &e, nil
}

// Payload is the statement of an envelope without any check of who signed it, for
// showing. It must not be relied on.
func Payload(data []byte) (*Statement, error) {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil, err
	}
	return Parse(e.Payload)
}

// hexOf turns "h1:…" into in-toto's form of it; "" when it is none.
func hexOf(h1 string) string {
	const prefix = "h1:"
	if len(h1) <= len(prefix) || h1[:len(prefix)] != prefix {
		return ""
	}
	raw, err := base64.StdEncoding.DecodeString(h1[len(prefix):])
	if err != nil || len(raw) != 32 {
		return ""
	}
	return hexString(raw)
}

// Broken are the ids of those keys that a signature says it is by, and that did not
// make it: something was changed. A signature that names none of the keys is not
// among them.
func Broken(data []byte, keys []Verifier) []string {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil
	}
	var out []string
	message := PAE(e.PayloadType, e.Payload)
	for _, k := range keys {
		if slices.ContainsFunc(e.Signatures, func(s Signature) bool { return s.KeyID == k.ID() && !k.VerifyRaw(message, s.Sig) }) {
			out = append(out, k.ID())
		}
	}
	return out
}
