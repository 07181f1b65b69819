package fill

import (
	stdzip "archive/zip"
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// maxEntries limits the files of one zip. The largest known modules have some
// 100,000; the limit keeps a directory that is made of nothing but names from
// costing gigabytes.
const maxEntries = 500_000

// errBroken is a body that ended early or was damaged on its way: trouble, not
// forgery.
var errBroken = msg.Errorf("%w: the body is incomplete or damaged", "%w：内容不完整或已损坏", proxy.ErrUnavailable)

// limit is how many bytes a file may have.
func limit(k proxy.Kind) int64 {
	if k == proxy.Zip {
		return zip.MaxZipFile
	}
	return zip.MaxGoMod
}

// check reads a complete file and returns its h1. A zip has to obey the rules for
// module zips. Nothing is read into memory but names, and nothing is unpacked
// beyond what the rules allow: sizes are added up before, and the reader ends a
// file that is longer than it says.
func check(f proxy.File, file *os.File, size int64) (h1 string, err error) {
	if f.Kind == proxy.Mod {
		return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(file, 0, size)), nil
		})
	}
	if err := count(file, size); err != nil {
		return "", err
	}
	if _, err := zip.CheckZip(module.Version{Path: f.Module, Version: f.Version}, file.Name()); err != nil {
		if errors.Is(err, stdzip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
			return "", errBroken
		}
		return "", msg.Errorf("%w: not a valid module zip: %w", "%w：不是有效的模块 zip：%w", proxy.ErrContent, err)
	}
	return hashZip(file, size)
}

// hashZip is dirhash.HashZip over an open file.
func hashZip(file *os.File, size int64) (string, error) {
	z, err := stdzip.NewReader(file, size)
	if err != nil {
		return "", errBroken
	}
	names := make([]string, 0, len(z.File))
	byName := make(map[string]*stdzip.File, len(z.File))
	for _, f := range z.File {
		names = append(names, f.Name)
		byName[f.Name] = f
	}
	h1, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return byName[name].Open() })
	switch {
	case err == nil:
		return h1, nil
	case errors.Is(err, stdzip.ErrFormat): // longer than it says
		return "", msg.Errorf("%w: a file in the zip is not as long as the zip says", "%w：zip 中有文件的长度与声明不符", proxy.ErrContent)
	}
	return "", errBroken
}

// count refuses a zip with more entries than a module has, before a reader makes
// room for them all. Each entry has the signature in the directory; that another
// zip inside may have it too does not matter at this number.
func count(file io.ReaderAt, size int64) error {
	signature := []byte("PK\x01\x02")
	if size/46 < maxEntries { // an entry has 46 bytes at least
		return nil
	}
	buf, n, keep := make([]byte, 1<<20), 0, 0
	for off := int64(0); off < size; {
		got, err := file.ReadAt(buf[keep:], off)
		if got == 0 && err != nil {
			return err
		}
		off += int64(got)
		data := buf[:keep+got]
		n += bytes.Count(data, signature)
		keep = copy(buf, data[max(0, len(data)-len(signature)+1):])
	}
	if n > maxEntries {
		return msg.Errorf("%w: more than %d files in the zip", "%w：zip 中的文件超过 %d 个", proxy.ErrContent, maxEntries)
	}
	return nil
}
