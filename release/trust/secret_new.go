package trust

import (
	"bytes"
	"crypto/rand"
	"encoding/pem"
	"os"

	"aead.dev/minisign"
	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs8"
	"github.com/emmansun/gmsm/sm2"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// NewMinisign makes a key pair: the text of the secret key, under a password
// unless that is "", and the public key. minisign reads both.
func NewMinisign(password string) (secret []byte, public *Key, err error) {
	pub, key, err := minisign.GenerateKey(nil)
	if err != nil {
		return nil, nil, msg.Errorf("make key: %w", "生成密钥：%w", err)
	}
	if password == "" {
		secret, err = key.MarshalText()
		secret = bytes.Replace(secret, []byte("encrypted secret key"), []byte("secret key"), 1) // the library says so of all
	} else {
		secret, err = minisign.EncryptKey(password, key)
	}
	if err != nil {
		return nil, nil, msg.Errorf("make key: %w", "生成密钥：%w", err)
	}
	public, err = minisignKey(pub)
	return append(secret, '\n'), public, err
}

// pbkdf2Rounds is how often a password is hashed, as OWASP asks of PBKDF2 with SHA-256.
const pbkdf2Rounds = 600_000

// NewSM2 makes an SM2 key pair; the secret key is PKCS #8 in PEM, under a password
// unless that is "", as openssl reads it.
func NewSM2(password string) (secret []byte, public *Key, err error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, msg.Errorf("make key: %w", "生成密钥：%w", err)
	}
	kind := "PRIVATE KEY"
	if password != "" {
		kind = "ENCRYPTED PRIVATE KEY"
	}
	// Without a password it does not encrypt.
	der, err := pkcs8.MarshalPrivateKey(key, []byte(password), pkcs.NewPBESEncrypter(pkcs.AES256CBC, pkcs.NewPBKDF2Opts(pkcs.SHA256, 16, pbkdf2Rounds)))
	if err != nil {
		return nil, nil, msg.Errorf("make key: %w", "生成密钥：%w", err)
	}
	public, err = sm2Key(&key.PublicKey)
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), public, err
}

// WriteSecret writes a secret key to a new file of mode 0600; one that is there
// stays as it is and is an error.
func WriteSecret(path string, secret []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return msg.Errorf("write key: %w", "写入密钥：%w", err).
			WithHint("a key is never replaced; name a file that is not there", "密钥文件不会被覆盖；请换一个不存在的文件名")
	}
	_, err = f.Write(secret)
	if err = msg.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
		return msg.Errorf("write key: %w", "写入密钥：%w", err)
	}
	return nil
}
