package trust

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"aead.dev/minisign"
	"github.com/emmansun/gmsm/sm2"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// OpensslUserID is the option without which openssl 3.0 signs and verifies SM2
// with an empty user id, which nobody else accepts.
const OpensslUserID = "distid:1234567812345678"

// maxSignature is the most bytes of a signature.
const maxSignature = 16 << 10

// maxLegacy is the most bytes of a message whose signature minisign made without
// hashing it first: it has to be held as a whole.
const maxLegacy = 64 << 20

// Verify checks a signature of message and returns its trusted comment, which SM2
// signatures do not have. The error says what is wrong with the signature; errors
// of reading message are returned as they are.
func (k *Key) Verify(message io.ReadSeeker, sig []byte) (comment string, err error) {
	if k.kind == SM2 {
		return "", k.verifySM2(message, sig)
	}
	s, err := parseMinisig(sig)
	if err != nil {
		return "", err
	}
	if s.KeyID != k.mini.ID() {
		return "", k.otherID(message, s)
	}
	ok, err := k.verifyMinisig(message, s, sig)
	if err == nil && !ok {
		err = unfit()
	}
	return s.TrustedComment, err
}

func unfit() error {
	return msg.Errorf("the signature does not fit the file: one of the two was changed", "签名与文件不符：两者之一被改动").WithKind(msg.Findings)
}

func malformed(why msg.Text) error {
	return msg.Errorf("the signature is malformed: %v", "签名格式错误：%v", why).WithKind(msg.Findings)
}

// parseMinisig reads a signature and insists on its one form: all that minisign
// does not sign is the text of its first line.
func parseMinisig(text []byte) (*minisign.Signature, error) {
	if len(text) > maxSignature {
		return nil, malformed(msg.Textf("it has more than %d bytes", "超过 %d 字节", maxSignature))
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	var s minisign.Signature
	if s.UnmarshalText(text) != nil {
		return nil, malformed(msg.Text{EN: "it is not of minisign's four lines", ZH: "不是 minisign 的四行格式"})
	}
	again, err := s.MarshalText()
	if err != nil || string(bytes.TrimSuffix(again, []byte("\n"))) != string(bytes.TrimSuffix(text, []byte("\n"))) {
		return nil, malformed(msg.Text{EN: "it is not written as minisign writes it", ZH: "写法与 minisign 不同"})
	}
	return &s, nil
}

func (k *Key) verifyMinisig(message io.ReadSeeker, s *minisign.Signature, sig []byte) (bool, error) {
	if _, err := message.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	if s.Algorithm == minisign.EdDSA {
		b, err := io.ReadAll(io.LimitReader(message, maxLegacy+1))
		if err != nil {
			return false, err
		}
		if len(b) > maxLegacy {
			return false, malformed(msg.Textf("signatures of more than %d bytes must be of the hashed kind", "超过 %d 字节的文件须使用先散列的签名", maxLegacy))
		}
		return minisign.Verify(k.mini, b, sig), nil
	}
	r := minisign.NewReader(message)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return false, err
	}
	return r.Verify(k.mini, sig), nil
}

// otherID explains a signature of another key; one of this key with another id
// written over its own is told apart.
func (k *Key) otherID(message io.ReadSeeker, s *minisign.Signature) error {
	theirs := s.KeyID
	s.KeyID = k.mini.ID()
	if text, err := s.MarshalText(); err == nil {
		if ok, err := k.verifyMinisig(message, s, text); err == nil && ok {
			return malformed(msg.Textf("the key id %016X in it was changed", "其中的密钥 ID %016X 被改动", theirs))
		}
	}
	return &otherKeyError{fmt.Sprintf("%016X", theirs)}
}

// otherKeyError is a signature by a key that was not asked.
type otherKeyError struct{ id string }

func (e *otherKeyError) Error() string { return "it is by the key " + e.id }

// verifySM2 checks an SM2 signature, and whether one that does not hold was made
// with the empty user id.
func (k *Key) verifySM2(message io.ReadSeeker, sig []byte) error {
	holds := func(uid []byte) (bool, error) {
		h, err := sm2.NewHashWithUserID(k.sm2, uid)
		if err != nil {
			return false, err
		}
		if _, err := message.Seek(0, io.SeekStart); err != nil {
			return false, err
		}
		if _, err := io.Copy(h, message); err != nil {
			return false, err
		}
		return sm2.VerifyASN1(k.sm2, h.Sum(nil), sig), nil
	}
	ok, err := holds([]byte(userID))
	if err != nil || ok {
		return err
	}
	if ok, err = holds(nil); err != nil {
		return err
	}
	if ok {
		return msg.Errorf("the signature was made with an empty SM2 user id (distid): openssl does so unless told otherwise", "签名使用了空的 SM2 用户标识（distid）：openssl 默认如此").WithKind(msg.Findings).
			WithHint("sign again with: openssl dgst -sm3 -sign KEY -sigopt "+OpensslUserID, "请重新签名：openssl dgst -sm3 -sign 密钥 -sigopt "+OpensslUserID)
	}
	return unfit()
}

// userID is the default user id of GM/T 0009.
const userID = "1234567812345678"

// KeyIDOf is the id that a minisign signature says it is by, as [Key.ID] has it;
// "" when it is malformed. It proves nothing.
func KeyIDOf(sig []byte) string {
	s, err := parseMinisig(sig)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%016X", s.KeyID)
}

// Comment is the trusted comment of the signatures of a release.
type Comment struct {
	Project, Version string
	Sequence         int64
}

func (c Comment) String() string {
	return fmt.Sprintf("%s %s sequence=%d", c.Project, c.Version, c.Sequence)
}

// ParseComment reads a trusted comment; ok is false for one of another form,
// which tools other than ours write.
func ParseComment(s string) (c Comment, ok bool) {
	fields := strings.Split(s, " ")
	if len(fields) != 3 {
		return c, false
	}
	if n, err := fmt.Sscanf(fields[2], "sequence=%d", &c.Sequence); n != 1 || err != nil {
		return c, false
	}
	c.Project, c.Version = fields[0], fields[1]
	return c, c.String() == s && c.Project != "" && c.Version != ""
}
