package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	modzip "golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// maxChecked limits what Check reads into memory, in bytes: more than any file
// but a zip may have.
const maxChecked = 64 << 20

// Checked is what Check found about one file.
type Checked struct {
	Key    string
	Size   int64
	Err    error // nil = sound
	Folder bool  // that cannot be read
}

// Check reads each file of the directory below prefix again and compares: zips
// with their .ziphash and the rules for zips, go.mod files with their records'
// h1, .info files with their names, lookups and tiles with their form, others with
// the .sha256 beside them. Of what it does not know it reads every byte. fn is called for
// each, unsound ones too, and for folders that cannot be read. It changes nothing.
func (c *Cache) Check(ctx context.Context, prefix string, fn func(Checked) error) error {
	return c.below(ctx, prefix, func(key string, fi fs.FileInfo) error {
		err := c.check(key, fi.Size())
		if absent(err) && !c.there(key) {
			return nil // removed meanwhile
		}
		return fn(Checked{Key: key, Size: fi.Size(), Err: err})
	}, func(dir string, err error) error { return fn(Checked{Key: dir, Err: err, Folder: true}) })
}

func (c *Cache) check(key string, size int64) error {
	if isZip(key) {
		return c.checkZip(key, size)
	}
	if size > maxChecked || strings.HasPrefix(key, "dl/") {
		return c.checkSum(key, size)
	}
	data, _, err := c.readLocal(key, maxChecked)
	if err != nil {
		return err
	}
	if name, ok := strings.CutPrefix(key, "sumdb/"); ok {
		return checkProof(name, data)
	}
	if zip, ok := strings.CutSuffix(key, hashExt); ok {
		if c.there(zip + zipExt) {
			return nil // told of the zip
		}
		_, err := parseHash(data)
		return err
	}
	f, err := proxy.Parse(key)
	switch {
	case err != nil:
		return nil // not one of ours: a lock of the go command
	case f.Kind == proxy.Mod:
		return c.checkMod(key, data)
	case f.Kind == proxy.Info, f.Kind == proxy.Latest:
		return checkInfo(f, data)
	}
	return nil
}

// checkSum reads a file to its end and compares it with the .sha256 beside it,
// where there is one.
func (c *Cache) checkSum(key string, size int64) error {
	f, err := c.read.open(key)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err := msg.Join(err, f.Close()); err != nil {
		return err
	}
	want, _, err := c.readLocal(key+".sha256", 256)
	if absent(err) {
		return nil
	}
	if got := hex.EncodeToString(h.Sum(nil)); err == nil && got != strings.TrimSpace(string(want)) {
		err = msg.Errorf("its SHA-256 is %s, not %.64s", "其 SHA-256 是 %s，而不是 %.64s", got, want)
	}
	return err
}

func (c *Cache) checkZip(key string, size int64) error {
	want, err := c.zipHash(key)
	switch {
	case absent(err):
		return msg.Errorf("no .ziphash beside it", "旁边没有 .ziphash")
	case err != nil:
		return err
	}
	f, err := c.read.open(key)
	if err != nil {
		return err
	}
	got, err := hashZip(f, size)
	switch err := msg.Join(err, f.Close()); {
	case err != nil:
		return err
	case got != want:
		return msg.Errorf("the zip's hash is %s, not %s", "zip 的哈希是 %s，而不是 %s", got, want)
	}
	file, err := proxy.Parse(key)
	if err != nil {
		return err
	}
	checked, err := modzip.CheckZip(module.Version{Path: file.Module, Version: file.Version}, filepath.Join(c.o.Dir, filepath.FromSlash(key)))
	if err != nil {
		return err
	}
	return checked.Err()
}

// checkMod holds a go.mod to the h1 of its record; without one it must at least
// name a module.
func (c *Cache) checkMod(key string, data []byte) error {
	recorded, _, err := c.readLocal(recordKey(key), maxRecord)
	if err == nil {
		r, err := parseRecord(key, recorded)
		if err != nil {
			return err
		}
		if r.H1 != "" {
			got, err := hashMod(data)
			if err == nil && got != r.H1 {
				err = msg.Errorf("its hash is %s, not %s", "其哈希是 %s，而不是 %s", got, r.H1)
			}
			return err
		}
	} else if !absent(err) {
		return err
	}
	if modfile.ModulePath(data) == "" {
		return msg.Errorf("names no module", "未指明模块")
	}
	return nil
}

// hashMod is the h1 of a go.mod as go.sum has it.
func hashMod(data []byte) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
}

func checkInfo(f proxy.File, data []byte) error {
	var v info
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	if v.Version == "" || f.Immutable() && v.Version != f.Version {
		return msg.Errorf("tells of version %q", "所述版本为 %q", v.Version)
	}
	return nil
}

// checkProof looks at the form of a file of the checksum database: name is
// <database>/lookup/…, <database>/tile/… or <database>/latest.
func checkProof(name string, data []byte) error {
	_, name, _ = strings.Cut(name, "/")
	switch {
	case strings.HasPrefix(name, "tile/"):
		t, err := tlog.ParseTilePath(name)
		if err == nil && t.L >= 0 && len(data) != t.W*tlog.HashSize {
			err = msg.Errorf("%d bytes, not %d", "%d 字节，应为 %d 字节", len(data), t.W*tlog.HashSize)
		}
		return err
	case strings.HasPrefix(name, "lookup/"):
		_, text, _, err := tlog.ParseRecord(data)
		if err != nil {
			return err
		}
		return recordOf(strings.TrimPrefix(name, "lookup/"), string(text))
	case name == "latest":
		var unverified *note.UnverifiedNoteError
		if _, err := note.Open(data, note.VerifierList()); !errors.As(err, &unverified) {
			return err
		}
	}
	return nil
}

// recordOf compares a record's text with the name that it was looked up by.
func recordOf(name, text string) error {
	escaped, escapedVersion, _ := strings.Cut(name, "@")
	path, err := module.UnescapePath(escaped)
	if err != nil {
		return err
	}
	version, err := module.UnescapeVersion(escapedVersion)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(text, path+" "+version+" h1:") {
		return msg.Errorf("tells of another module: %.80q", "所述为另一模块：%.80q", text)
	}
	return nil
}
