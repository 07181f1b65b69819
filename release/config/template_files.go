package config

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	"lukechampine.com/blake3"
)

// hashes are the checksum functions of templates, each of a file.
var hashes = map[string]func() hash.Hash{
	"blake2b":  func() hash.Hash { h, _ := blake2b.New512(nil); return h }, // fails for keys only
	"blake2s":  func() hash.Hash { h, _ := blake2s.New256(nil); return h },
	"blake3":   func() hash.Hash { return blake3.New(32, nil) },
	"crc32":    func() hash.Hash { return crc32.NewIEEE() },
	"md5":      md5.New,
	"sha1":     sha1.New,
	"sha224":   sha256.New224,
	"sha256":   sha256.New,
	"sha384":   sha512.New384,
	"sha512":   sha512.New,
	"sha3_224": func() hash.Hash { return sha3.New224() },
	"sha3_256": func() hash.Hash { return sha3.New256() },
	"sha3_384": func() hash.Hash { return sha3.New384() },
	"sha3_512": func() hash.Hash { return sha3.New512() },
}

func hashFile(dir, path string, newHash func() hash.Hash) (string, error) {
	f, err := openBelow(dir, path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := newHash()
	if _, err := io.Copy(h, f); err != nil {
		return "", msg.Errorf("read %s: %w", "读取 %s：%w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// readFile returns a file without surrounding white space. An absent file is ""
// when it is optional; a path that leaves the project is always an error.
func readFile(dir, path string, optional bool) (string, error) {
	f, err := openBelow(dir, path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxExpanded+1))
	switch {
	case err != nil:
		return "", msg.Errorf("read %s: %w", "读取 %s：%w", path, err)
	case len(b) > maxExpanded:
		return "", msg.Errorf("read %s: longer than %d bytes", "读取 %s：超过 %d 字节", path, maxExpanded)
	}
	return strings.TrimSpace(string(b)), nil
}

// openBelow opens a file of the project. Templates come with the source, and
// the source must not be able to put a machine's secrets into an artifact.
func openBelow(dir, path string) (*os.File, error) {
	rel := path
	if filepath.IsAbs(path) && dir != "" {
		base, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		if rel, err = filepath.Rel(base, path); err != nil {
			return nil, err
		}
	}
	if dir == "" || !filepath.IsLocal(rel) || strings.HasPrefix(path, "~") {
		return nil, msg.Errorf("read %s: outside the project", "读取 %s：位于项目之外", path).
			WithHint("templates can read files of the project only", "模板只能读取项目内的文件")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", path, err)
	}
	defer root.Close()
	info, err := root.Stat(rel)
	if err == nil && !info.Mode().IsRegular() { // a pipe would never end
		err = msg.Errorf("not a regular file", "不是普通文件")
	}
	if err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", path, err)
	}
	return root.Open(rel)
}

func absolute(dir, path string) (string, error) {
	if filepath.IsAbs(path) {
		return filepath.Clean(path), nil
	}
	return filepath.Abs(filepath.Join(dir, path))
}
