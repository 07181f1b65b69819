package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// lookAt reads the manifest of what is at To: nil if there is nothing, or an empty
// folder; an error if it is something else.
func lookAt(ctx context.Context, to string) (*Manifest, error) {
	refuse := func(why error) error {
		return msg.Errorf("make bundle: %s is there and is no bundle: %w", "制作离线包：%s 已存在且不是离线包：%w", to, why).WithKind(msg.Usage).
			WithHint("name a folder or a .tar that does not exist yet", "请指定尚不存在的目录或 .tar 文件")
	}
	fi, err := os.Lstat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil //nolint:nilnil // nothing there
	case err != nil:
		return nil, refuse(err)
	case isTar(to) != fi.Mode().IsRegular():
		return nil, refuse(fs.ErrExist)
	}
	var data []byte
	if isTar(to) {
		data, err = manifestInTar(ctx, to)
	} else if names, dirErr := os.ReadDir(to); dirErr == nil && len(names) == 0 {
		return nil, nil //nolint:nilnil // an empty folder
	} else {
		data, err = os.ReadFile(filepath.Join(to, ManifestName))
	}
	if err != nil {
		return nil, refuse(err)
	}
	m, err := ParseManifest(data)
	if err != nil {
		return nil, refuse(err)
	}
	return m, nil
}

func manifestInTar(ctx context.Context, name string) (data []byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	err = archive.Walk(ctx, f, archive.Tar, limits, func(h archive.Header, r io.Reader) error {
		if h.Name != ManifestName {
			return nil
		}
		if data, err = io.ReadAll(io.LimitReader(r, maxManifest)); err != nil {
			return err
		}
		return fs.SkipAll
	})
	if err == nil && data == nil {
		err = fs.ErrNotExist
	}
	return data, err
}

func isTar(to string) bool { return strings.HasSuffix(to, ".tar") }

// finish chooses the number and writes bundle.json and SHA256SUMS.
func (m *maker) finish(before *Manifest) (*Made, error) {
	made := &Made{Manifest: m.m}
	m.m.Sequence = m.Sequence
	if before != nil {
		if m.Sequence == 0 {
			m.m.Sequence = before.Sequence
		}
		if m.m.Sequence < before.Sequence {
			return nil, msg.Errorf("make bundle: the number %d is lower than the %d of the bundle that is there", "制作离线包：编号 %d 低于已有离线包的 %d", m.m.Sequence, before.Sequence).WithKind(msg.Usage)
		}
		if made.Unchanged = bytes.Equal(m.m.encode(), before.encode()); !made.Unchanged && m.Sequence == 0 {
			m.m.Sequence++
		}
	}
	m.m.Sequence = max(m.m.Sequence, 1)
	data := m.m.encode()
	sum := sha256.Sum256(data)
	made.SHA256 = hex.EncodeToString(sum[:])
	var sums bytes.Buffer
	for _, f := range append([]File{{ManifestName, int64(len(data)), made.SHA256}}, m.m.Files...) {
		made.Size += f.Size
		fmt.Fprintf(&sums, "%s  %s\n", f.SHA256, f.Name)
	}
	if made.Unchanged {
		return made, nil
	}
	for name, b := range map[string][]byte{ManifestName: data, sumsName: sums.Bytes()} {
		if err := m.write(context.Background(), name, 0o644, b); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// put brings the finished bundle to its place.
func (m *maker) put(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	var err error
	if isTar(m.to) {
		err = m.putTar(ctx)
	} else {
		err = exchange(m.dir, m.to, filepath.Join(m.work, "old"))
	}
	if err != nil {
		return msg.Errorf("put bundle at %s: %w", "将离线包放到 %s：%w", m.to, err)
	}
	return nil
}

func (m *maker) putTar(ctx context.Context) error {
	var entries []archive.Entry
	names := []string{ManifestName, sumsName}
	for _, f := range m.m.Files {
		names = append(names, f.Name)
	}
	for _, name := range names {
		fi, err := os.Stat(m.path(name))
		if err != nil {
			return err
		}
		entries = append(entries, archive.Entry{Name: name, Mode: fi.Mode().Perm(), Size: fi.Size(), Open: func() (io.ReadCloser, error) { return os.Open(m.path(name)) }})
	}
	_, err := archive.WriteFile(ctx, m.to, 0o644, func(w io.Writer) error {
		return archive.Write(ctx, w, archive.Tar, entries, archive.Options{})
	})
	return err
}

func redacted(s string) string { return httpx.Redact(s) }
