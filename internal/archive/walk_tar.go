package archive

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
)

func (m *meter) walkTar(u *unpacked, visit func(Header, io.Reader) error) error {
	tr := tar.NewReader(u)
	for last := ""; ; {
		h, err := tr.Next()
		if err == io.EOF {
			return entryError("", tarEnd(u))
		}
		// GODEBUG may turn this on; our own check gives the reason.
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return entryError(last, err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader { // git archive writes one; it names nothing
			continue
		}
		last = h.Name
		if err := m.tarEntry(tr, h, visit); err != nil {
			return err
		}
	}
}

func (m *meter) tarEntry(tr *tar.Reader, h *tar.Header, visit func(Header, io.Reader) error) error {
	dir := h.Typeflag == tar.TypeDir
	switch {
	case h.Typeflag != tar.TypeReg && !dir:
		return entryError(h.Name, errType)
	case sparse(h):
		// The reader would make up zeros that the ratio never sees.
		return entryError(h.Name, errSparse)
	}
	name, err := m.admit(h.Name, dir)
	if err != nil || name == "" {
		return entryError(h.Name, err)
	}
	out := Header{Name: name, Mode: fs.FileMode(h.Mode) & fs.ModePerm, Size: h.Size, ModTime: h.ModTime}
	if dir {
		out.Mode |= fs.ModeDir
	}
	return m.hand(h.Name, out, tr, visit)
}

func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return h.Typeflag == tar.TypeGNUSparse
}

// tarEnd reads behind the last entry: up to the checksum of the compressed
// stream, and so that nothing hides there.
func tarEnd(u *unpacked) error {
	const marker = 2 * 512
	block := make([]byte, 32<<10)
	for {
		n, err := u.Read(block)
		if len(bytes.Trim(block[:n], "\x00")) > 0 {
			return errTrailing
		}
		switch {
		case err == io.EOF && u.zeros < marker:
			return errNoEnd
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
