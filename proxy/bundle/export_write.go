package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/proxy"
)

func (x *exporter) path(name string) string { return filepath.Join(x.dir, filepath.FromSlash(name)) }

// write writes a small file and lists it.
func (x *exporter) write(ctx context.Context, name string, data []byte) error {
	f, err := x.fill(ctx, name, bytes.NewReader(data))
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.wrote[name] { // a tile may come twice
		return nil
	}
	x.wrote[name] = true
	x.m.Files = append(x.m.Files, f)
	return nil
}

func (x *exporter) fill(ctx context.Context, name string, r io.Reader) (File, error) {
	path := x.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return File{}, err
	}
	sums, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
	return File{Name: name, Size: sums.Size, SHA256: sums.SHA256}, err
}

// take copies a file and hashes what it copied.
func (x *exporter) take(ctx context.Context, f proxy.File) (File, error) {
	o, err := x.Files.Get(ctx, f)
	if err != nil {
		return File{}, err
	}
	defer o.Close()
	got, err := x.fill(ctx, f.Path(), o)
	if err == nil {
		got.H1, err = h1Of(f, x.path(got.Name))
	}
	return got, err
}

// h1Of is a file's h1, "" for an .info. What breaks the rules for zips is
// [proxy.ErrContent].
func h1Of(f proxy.File, path string) (string, error) {
	var h1 string
	var err error
	switch f.Kind {
	case proxy.Mod:
		h1, err = dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return os.Open(path) })
	case proxy.Zip:
		if _, err = zip.CheckZip(module.Version{Path: f.Module, Version: f.Version}, path); err == nil {
			h1, err = dirhash.HashZip(path, dirhash.Hash1)
		}
	}
	if err != nil {
		return "", proxy.Fail(proxy.ErrContent, f.String(), err)
	}
	return h1, nil
}

// finish writes the manifest.
func (x *exporter) finish(ctx context.Context) error {
	slices.SortFunc(x.m.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	data := x.m.encode()
	parsed, err := ParseManifest(data)
	if err != nil {
		return err
	}
	x.m.sha256 = parsed.sha256
	_, err = x.fill(ctx, ManifestName, bytes.NewReader(data))
	return err
}

// put brings the bundle to its place.
func (x *exporter) put(ctx context.Context, to string) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	format, isFile := formatOf(to)
	if !isFile {
		if err := os.Remove(to); err != nil && !os.IsNotExist(err) { // an empty folder
			return err
		}
		return os.Rename(x.dir, to)
	}
	entries := []archive.Entry{x.entry(ManifestName, int64(len(x.m.encode())))}
	for _, f := range x.m.Files {
		if !f.Base {
			entries = append(entries, x.entry(f.Name, f.Size))
		}
	}
	_, err := archive.WriteFile(ctx, to, 0o644, func(w io.Writer) error {
		return archive.Write(ctx, w, format, entries, archive.Options{})
	})
	return err
}

// formatOf is the archive that a name means; no archive is a folder. Zips do not get
// smaller, so .tar.zst is for bundles of proofs and go.mod files.
func formatOf(name string) (archive.Format, bool) {
	for _, f := range []archive.Format{archive.Tar, archive.TarZst} {
		if strings.HasSuffix(name, f.Ext()) {
			return f, true
		}
	}
	return "", false
}

func (x *exporter) entry(name string, size int64) archive.Entry {
	return archive.Entry{Name: name, Size: size, Open: func() (io.ReadCloser, error) { return os.Open(x.path(name)) }}
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// sum is a SHA-256 in the making.
type sum struct{ hash.Hash }

func newSum() sum { return sum{sha256.New()} }

func (s sum) hex() string { return hex.EncodeToString(s.Sum(nil)) }
