package trust

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"runtime"

	"aead.dev/minisign"
	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Signer makes signatures: a secret key that is here, or a [Command].
type Signer interface {
	// Key is the public key, never nil.
	Key() *Key
	// Sign makes what [Key.Verify] checks, in the form of the key's kind. comment is
	// signed with it where the kind has a place for that; name is the message's file
	// name, for commands.
	Sign(ctx context.Context, name string, message io.ReadSeeker, comment string) ([]byte, error)
	// SignRaw makes what [Key.VerifyRaw] checks: plain Ed25519, or SM2.
	SignRaw(ctx context.Context, name string, message []byte) ([]byte, error)
}

// ReadSecret reads a file with a secret key. Others must not be able to read it:
// on Unix a mode of 0600 or stricter is asked for.
func ReadSecret(path string) ([]byte, error) {
	// To open a pipe waits for its other end, so it is looked at first.
	if fi, err := os.Stat(path); err == nil && !fi.Mode().IsRegular() {
		return nil, noFile(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("read key: %w", "读取密钥：%w", err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, msg.Errorf("read key: %w", "读取密钥：%w", err)
	}
	if !fi.Mode().IsRegular() {
		return nil, noFile(path)
	}
	if mode := fi.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, looseKey(path, mode)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKey))
	if err != nil {
		return nil, msg.Errorf("read key: %w", "读取密钥：%w", err)
	}
	return b, nil
}

func noFile(path string) error {
	return msg.Errorf("read key %s: it is not a file", "读取密钥 %s：不是文件", path).WithKind(msg.Usage).
		WithHint("name a file of mode 0600, or put its content into YINGZAO_SIGN_KEY or YINGZAO_SM2_KEY", "请指定权限为 0600 的文件，或将其内容放入 YINGZAO_SIGN_KEY 或 YINGZAO_SM2_KEY")
}

func looseKey(path string, mode fs.FileMode) error {
	return msg.Errorf("key %s has mode %04o: others can read it", "密钥 %s 的权限为 %04o：其他人可以读取", path, mode).WithKind(msg.Usage).
		WithHint("chmod 600 %[1]s; and if others had access to this computer, take another key", "chmod 600 %[1]s；若有他人可访问此计算机，请更换密钥", path)
}

// Password is asked for the password of a key; what names the key. An error ends
// the signing.
type Password func(what string) (string, error)

// ParseMinisign reads a minisign secret key. password is asked only for a key
// that has one; nil is the same as having none. what names the key in errors, which
// hold nothing of it.
func ParseMinisign(what string, text []byte, password Password) (Signer, error) {
	text = bytes.TrimSpace(bytes.ReplaceAll(withoutBOM(text), []byte("\r\n"), []byte("\n")))
	var key minisign.PrivateKey
	if minisign.IsEncrypted(text) {
		if password == nil {
			return nil, noPassword(what)
		}
		word, err := password(what)
		if err != nil {
			return nil, err
		}
		if key, err = minisign.DecryptKey(word, text); err != nil {
			return nil, msg.Errorf("open key %s: the password is wrong, or the key is damaged", "打开密钥 %s：密码错误，或密钥已损坏", what).
				WithHint("YINGZAO_SIGN_PASSWORD, where it is set, is what was tried; nothing was signed", "若设置了 YINGZAO_SIGN_PASSWORD，则以它为准；没有进行任何签名")
		}
	} else if key.UnmarshalText(text) != nil {
		return nil, msg.Errorf("open key %s: it is no minisign secret key", "打开密钥 %s：不是 minisign 密钥", what).WithKind(msg.Usage).
			WithHint("make one with yingzao release key new or minisign -G; a variable holds the content of the file, not its name", "可用 yingzao release key new 或 minisign -G 生成；变量中存放的是文件内容而不是文件名")
	}
	pub, err := minisignKey(key.Public().(minisign.PublicKey))
	if err != nil {
		return nil, err
	}
	s := &minisigner{secret: key, public: pub}
	// The two halves of the secret have to belong together.
	if probe, err := s.raw([]byte(what)); err != nil || !pub.VerifyRaw([]byte(what), probe) {
		return nil, msg.Errorf("open key %s: it is damaged", "打开密钥 %s：密钥已损坏", what).WithHint("take the copy that you keep elsewhere", "请使用保存在别处的备份")
	}
	return s, nil
}

func noPassword(what string) error {
	return msg.Errorf("open key %s: it has a password", "打开密钥 %s：该密钥有密码", what).WithKind(msg.Usage).
		WithHint("put it into the environment as YINGZAO_SIGN_PASSWORD, or run the command on a terminal", "请通过环境变量 YINGZAO_SIGN_PASSWORD 提供，或在终端中运行")
}

type minisigner struct {
	secret minisign.PrivateKey
	public *Key
}

func (s *minisigner) Key() *Key { return s.public }

// Sign gives the same bytes for the same message and comment.
func (s *minisigner) Sign(_ context.Context, _ string, message io.ReadSeeker, comment string) ([]byte, error) {
	if _, err := message.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := minisign.NewReader(message)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	return r.SignWithComments(s.secret, comment, "signature by minisign key "+s.public.id), nil
}

func (s *minisigner) SignRaw(_ context.Context, _ string, message []byte) ([]byte, error) {
	return s.raw(message)
}

// raw is plain Ed25519. The library signs only in minisign's format, of which this
// is a part.
func (s *minisigner) raw(message []byte) ([]byte, error) {
	text, err := s.secret.Sign(nil, message, crypto.Hash(0))
	if err != nil {
		return nil, err
	}
	var sig minisign.Signature
	if err := sig.UnmarshalText(text); err != nil {
		return nil, err
	}
	return sig.Signature[:], nil
}

// ParseSM2 reads an SM2 secret key, PKCS #8 in PEM, under a password or not, as
// openssl writes it. password is asked only for a key that has one; nil is the same as
// having none. what names the key in errors, which hold nothing of it.
func ParseSM2(what string, text []byte, password Password) (Signer, error) {
	block, _ := pem.Decode(withoutBOM(text))
	if block == nil {
		return nil, notSM2(what)
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = smx509.ParsePKCS8PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		key, err = decryptSM2(what, block.Bytes, password)
		if err != nil {
			return nil, err
		}
	default: // SEC 1, what openssl ec and ecparam write
		return nil, msg.Errorf("open key %s: this PEM holds a %q, not PKCS #8", "打开密钥 %s：该 PEM 内容是 %q，而不是 PKCS #8", what, block.Type).WithKind(msg.Usage).
			WithHint("convert it with: openssl pkcs8 -topk8 -in OLD -out NEW (-nocrypt for no password)", "请转换：openssl pkcs8 -topk8 -in 旧文件 -out 新文件（-nocrypt 表示不设密码）")
	}
	sm, ok := key.(*sm2.PrivateKey)
	if err != nil || !ok {
		return nil, notSM2(what)
	}
	pub, err := sm2Key(&sm.PublicKey)
	if err != nil {
		return nil, err
	}
	return &sm2signer{sm, pub}, nil
}

func notSM2(what string) error {
	return msg.Errorf("open key %s: it is no SM2 key in PKCS #8 and PEM", "打开密钥 %s：不是 PKCS #8 PEM 格式的 SM2 密钥", what).WithKind(msg.Usage).
		WithHint("make one with yingzao release key new --sm2 or openssl genpkey -algorithm SM2; a variable holds the content of the file, not its name", "可用 yingzao release key new --sm2 或 openssl genpkey -algorithm SM2 生成；变量中存放的是文件内容而不是文件名")
}

// decryptSM2 opens PKCS #8 under a password. A wrong one cannot be told from damage.
func decryptSM2(what string, der []byte, password Password) (any, error) {
	if password == nil {
		return nil, noPassword(what)
	}
	word, err := password(what)
	if err != nil {
		return nil, err
	}
	// The library takes an empty password for none.
	if word != "" {
		if key, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(word)); err == nil {
			return key, nil
		}
	}
	return nil, msg.Errorf("open key %s: the password is wrong, or the key is damaged", "打开密钥 %s：密码错误，或密钥已损坏", what).
		WithHint("YINGZAO_SIGN_PASSWORD, where it is set, is what was tried; nothing was signed. Where openssl opens it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW writes it in a form that is read here",
			"若设置了 YINGZAO_SIGN_PASSWORD，则以它为准；没有进行任何签名。若 openssl 能打开它：openssl pkcs8 -topk8 -v2 aes-256-cbc -in 旧文件 -out 新文件 可转换为此处可读的形式")
}

type sm2signer struct {
	secret *sm2.PrivateKey
	public *Key
}

func (s *sm2signer) Key() *Key { return s.public }

// Sign is another signature each time: SM2 needs a random number.
func (s *sm2signer) Sign(_ context.Context, _ string, message io.ReadSeeker, _ string) ([]byte, error) {
	if _, err := message.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	h, err := sm2.NewHash(&s.secret.PublicKey)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(h, message); err != nil {
		return nil, err
	}
	return sm2.SignASN1(rand.Reader, s.secret, h.Sum(nil), nil)
}

func (s *sm2signer) SignRaw(ctx context.Context, name string, message []byte) ([]byte, error) {
	return s.Sign(ctx, name, bytes.NewReader(message), "")
}

// IsPEM reports whether a key file is PEM, and so an SM2 key's.
func IsPEM(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(withoutBOM(text)), []byte("-----BEGIN "))
}
