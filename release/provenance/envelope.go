package provenance

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// PayloadType is what an envelope of a statement says it holds.
const PayloadType = "application/vnd.in-toto+json"

// Envelope is DSSE's, version 1.
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"` // base64 in the file
	Signatures  []Signature `json:"signatures"`
}

// Signature is one of an envelope's.
type Signature struct {
	KeyID string `json:"keyid"` // a hint, and no proof
	Sig   []byte `json:"sig"`   // base64 in the file
}

// Signer signs bytes as they are: plain Ed25519, or SM2. It is a trust.RawSigner.
type Signer interface {
	SignRaw(message []byte) ([]byte, error)
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

// Seal signs a statement by the key called keyID and gives the file's bytes. The
// same statement and an Ed25519 key give the same bytes.
func Seal(s *Statement, keyID string, by Signer) ([]byte, error) {
	payload, err := s.Marshal()
	if err != nil {
		return nil, err
	}
	sig, err := by.SignRaw(PAE(PayloadType, payload))
	if err != nil {
		return nil, msg.Errorf("sign provenance: %w", "签署来源证明：%w", err)
	}
	b, err := marshal(Envelope{PayloadType: PayloadType, Payload: payload, Signatures: []Signature{{KeyID: keyID, Sig: sig}}})
	return append(b, '\n'), err
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

// Claimed are the key ids that an envelope's signatures say they are by. They prove
// nothing; one that is trusted, and did not sign, means that something was changed.
func Claimed(data []byte) []string {
	e, err := parseEnvelope(data)
	if err != nil {
		return nil
	}
	var out []string
	for _, s := range e.Signatures {
		out = append(out, s.KeyID)
	}
	return out
}
