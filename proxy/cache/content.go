package cache

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// zipHash reads the .ziphash of a zip of the directory, as the go command writes
// it: without a line's end.
func (c *Cache) zipHash(zip string) (string, error) {
	data, _, err := c.readLocal(hashKey(zip), 256)
	if err != nil {
		return "", err
	}
	return parseHash(data)
}

func parseHash(data []byte) (string, error) {
	h1 := strings.TrimSpace(string(data)) // early versions of the go command ended the line
	sum, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(h1, "h1:"))
	if err != nil || len(sum) != sha256.Size || !strings.HasPrefix(h1, "h1:") {
		return "", msg.Errorf("not the hash of a zip: %.60q", "不是 zip 的哈希：%.60q", h1)
	}
	return h1, nil
}

// hashZip is the h1 of an open zip: opened only once, since Windows keeps others
// from reading what is locked.
func hashZip(r io.ReaderAt, size int64) (string, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", err
	}
	var names []string
	files := map[string]*zip.File{}
	for _, f := range z.File {
		names = append(names, f.Name)
		files[f.Name] = f
	}
	return dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return files[name].Open() })
}

// sameContent is [proxy.ErrContent] unless two contents of a file are equal. Two
// .info files are when they tell the same version and time: mirrors word them
// differently, with and without where the commit came from.
func sameContent(key string, a io.ReaderAt, sizeA int64, b io.ReaderAt, sizeB int64) error {
	if strings.HasSuffix(key, ".info") && sizeA <= smallFile && sizeB <= smallFile {
		x, errX := readInfo(a, sizeA)
		y, errY := readInfo(b, sizeB)
		if errX == nil && errY == nil && x.Version == y.Version && x.Time.Equal(y.Time) {
			return nil
		}
	}
	other := msg.Errorf("%w: another content of %d bytes is there already", "%w：已有另一份 %d 字节的内容", proxy.ErrContent, sizeA)
	if sizeA != sizeB {
		return other
	}
	ra, rb := io.NewSectionReader(a, 0, sizeA), io.NewSectionReader(b, 0, sizeB)
	bufA, bufB := make([]byte, min(sizeA, 128<<10)+1), make([]byte, min(sizeA, 128<<10)+1)
	for {
		n, errA := io.ReadFull(ra, bufA)
		m, errB := io.ReadFull(rb, bufB)
		switch {
		case !bytes.Equal(bufA[:n], bufB[:m]):
			return other
		case atEnd(errA) && atEnd(errB):
			return nil
		case errA != nil:
			return errA
		case errB != nil:
			return errB
		}
	}
}

func atEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// info is what every .info file tells.
type info struct {
	Version string
	Time    time.Time
}

func readInfo(r io.ReaderAt, size int64) (v info, err error) {
	data := make([]byte, size)
	if _, err := r.ReadAt(data, 0); err != nil && err != io.EOF {
		return v, err
	}
	return v, json.Unmarshal(data, &v)
}
