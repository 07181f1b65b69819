package trust

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"strings"

	"aead.dev/minisign"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Kind is a scheme of signatures.
type Kind string

// The kinds.
const (
	Minisign Kind = "minisign" // Ed25519 as minisign writes it
	SM2      Kind = "sm2"      // SM2 over SM3, the default user id, ASN.1
)

// Suffix is what the names of such signatures end in.
func (k Kind) Suffix() string {
	if k == SM2 {
		return ".sm2sig"
	}
	return ".minisig"
}

// Key is a public key.
type Key struct {
	kind Kind
	id   string
	mini minisign.PublicKey
	ed   ed25519.PublicKey
	sm2  *ecdsa.PublicKey
}

// maxKey is the most bytes that a file with a key may have.
const maxKey = 64 << 10

// ParseKey reads a public key: a minisign key, with its comment line or without,
// or an SM2 key in PEM.
func ParseKey(text []byte) (*Key, error) {
	text = bytes.TrimSpace(withoutBOM(text))
	if bytes.HasPrefix(text, []byte("-----BEGIN ")) {
		return parseSM2Key(text)
	}
	var pub minisign.PublicKey
	if err := pub.UnmarshalText(text); err != nil {
		return nil, notAKey()
	}
	return minisignKey(pub)
}

// withoutBOM drops the mark that editors on Windows put before a text.
func withoutBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) }

func notAKey() error {
	return msg.Errorf("this is no public key of minisign, nor one of SM2 in PEM", "这不是 minisign 公钥，也不是 PEM 格式的 SM2 公钥").WithKind(msg.Usage).
		WithHint("a minisign key is a line that begins with RW; yingzao release key show prints the public key of a secret one", "minisign 公钥是以 RW 开头的一行；yingzao release key show 可显示密钥对应的公钥")
}

func minisignKey(pub minisign.PublicKey) (*Key, error) {
	raw, err := base64.StdEncoding.DecodeString(pub.String())
	if err != nil || len(raw) != 10+ed25519.PublicKeySize {
		return nil, notAKey()
	}
	return &Key{kind: Minisign, id: fmt.Sprintf("%016X", pub.ID()), mini: pub, ed: raw[10:]}, nil
}

func parseSM2Key(text []byte) (*Key, error) {
	block, rest := pem.Decode(text)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return nil, notAKey()
	}
	if block.Type != "PUBLIC KEY" {
		return nil, msg.Errorf("this PEM holds a %q, not a public key", "该 PEM 内容是 %q，而不是公钥", block.Type).WithKind(msg.Usage).
			WithHint("openssl pkey -in key.pem -pubout writes the public key", "openssl pkey -in key.pem -pubout 可导出公钥")
	}
	any, err := smx509.ParsePKIXPublicKey(block.Bytes)
	pub, ok := any.(*ecdsa.PublicKey)
	if err != nil || !ok || !sm2.IsSM2PublicKey(pub) {
		return nil, notAKey()
	}
	return sm2Key(pub)
}

func sm2Key(pub *ecdsa.PublicKey) (*Key, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, notAKey()
	}
	sum := sm3.Sum(der)
	return &Key{kind: SM2, id: fmt.Sprintf("%X", sum[:8]), sm2: pub}, nil
}

// ReadKey reads a public key that is given as text or as the name of a file.
func ReadKey(textOrFile string) (*Key, error) {
	if k, err := ParseKey([]byte(textOrFile)); err == nil {
		return k, nil
	}
	b, err := readSmall(textOrFile)
	if err != nil {
		return nil, msg.Errorf("read public key: %w", "读取公钥：%w", err).WithKind(msg.Usage).
			WithHint("give the key itself, a line that begins with RW, or the file it is in", "请给出公钥本身（以 RW 开头的一行）或所在文件")
	}
	k, err := ParseKey(b)
	if err != nil {
		return nil, msg.Errorf("read public key %s: %w", "读取公钥 %s：%w", textOrFile, err).WithKind(msg.Usage)
	}
	return k, nil
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	if err == nil && len(b) > maxKey {
		err = msg.Errorf("%s has more than %d bytes", "%s 超过 %d 字节", path, maxKey)
	}
	return b, err
}

// Kind is the key's scheme.
func (k *Key) Kind() Kind { return k.kind }

// ID names the key for people and file names: of a minisign key the 16 hex digits
// that minisign shows, of an SM2 key the first 16 of the SM3 of its DER form. It
// proves nothing.
func (k *Key) ID() string { return k.id }

// Text is the key as it is written into files, with an end of line.
func (k *Key) Text() string {
	if k.kind == Minisign {
		return "untrusted comment: minisign public key " + k.id + "\n" + k.mini.String() + "\n"
	}
	der, err := smx509.MarshalPKIXPublicKey(k.sm2)
	if err != nil {
		return "" // sm2Key has done it before
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// Line is a minisign key in one line, as `minisign -P` takes it; "" for SM2.
func (k *Key) Line() string {
	if k.kind != Minisign {
		return ""
	}
	return k.mini.String()
}

// Equal reports whether two keys are the same. The id of a minisign key is no part of
// it: whoever has the key can write any id into it and into its signatures.
func (k *Key) Equal(other *Key) bool {
	if k.kind != other.kind {
		return false
	}
	return k.kind == Minisign && k.ed.Equal(other.ed) || k.kind == SM2 && k.sm2.Equal(other.sm2)
}

// VerifyRaw checks a signature without a format of its own, as DSSE has it: plain
// Ed25519, or SM2 in ASN.1 with the default user id.
func (k *Key) VerifyRaw(message, sig []byte) bool {
	if k.kind == Minisign {
		return ed25519.Verify(k.ed, message, sig)
	}
	return k.verifySM2(bytes.NewReader(message), sig) == nil
}

// SignatureName is the name of a signature of a file: the first of its kind beside
// a file has the short one, each further one has the key's id in it.
func SignatureName(file string, kind Kind, keyID string) string {
	if keyID == "" {
		return file + kind.Suffix()
	}
	return file + "." + keyID + kind.Suffix()
}

// Signed splits the name of a signature into that of the file it is about and
// its kind; ok is false for the name of anything else.
func Signed(name string) (file string, kind Kind, ok bool) {
	for _, k := range []Kind{Minisign, SM2} {
		rest, found := strings.CutSuffix(name, k.Suffix())
		if !found || rest == "" {
			continue
		}
		if base, id, some := cutLast(rest, "."); some && isKeyID(id) && base != "" {
			rest = base
		}
		return rest, k, true
	}
	return "", "", false
}

// idIn is the key id in the name of a signature; "" when it has none.
func idIn(name string) string {
	file, kind, ok := Signed(name)
	if !ok {
		return ""
	}
	return strings.Trim(strings.TrimSuffix(name[len(file):], kind.Suffix()), ".")
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func isKeyID(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789ABCDEF") == ""
}
