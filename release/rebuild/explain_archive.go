package rebuild

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// entry is one entry of an archive that was taken apart.
type entry struct {
	archive.Header
	sum  [sha256.Size]byte
	path string // of its content on the disk
}

// explainArchives compares two archives entry by entry. Nil differences and an error
// say that one of them cannot be read.
func explainArchives(ctx context.Context, published, rebuilt string) (diffs []Difference, err error) {
	work, err := workdir.New("")
	if err != nil {
		return nil, msg.Errorf("compare: %w", "比对：%w", err)
	}
	defer func() { err = msg.Join(err, work.Close()) }()
	a, format, err := takeApart(ctx, published, filepath.Join(work.Path(), "a"))
	if err != nil {
		return nil, err
	}
	b, other, err := takeApart(ctx, rebuilt, filepath.Join(work.Path(), "b"))
	if err != nil {
		return nil, err
	}
	if format != other {
		return []Difference{{Kind: Container, Text: msg.Textf("%s is published, %s was built", "已发布的是 %s，重建的是 %s", format, other)}}, nil
	}
	if format == archive.Binary {
		d, err := explainFiles("", published, rebuilt)
		return []Difference{d}, err
	}
	find := func(all []entry, name string) *entry {
		if i := slices.IndexFunc(all, func(e entry) bool { return e.Name == name }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	for _, e := range a {
		o := find(b, e.Name)
		if o == nil {
			diffs = append(diffs, Difference{File: e.Name, Kind: Gone, Text: onlyPublished})
			continue
		}
		if e.sum != o.sum {
			d, err := explainFiles(e.Name, e.path, o.path)
			if err != nil {
				return nil, err
			}
			if e.Name == "" {
				d.File = "(content)"
			}
			diffs = append(diffs, d)
		}
		diffs = append(diffs, headers(e.Header, o.Header)...)
	}
	for _, e := range b {
		if find(a, e.Name) == nil {
			diffs = append(diffs, Difference{File: e.Name, Kind: Added, Text: onlyBuilt})
		}
	}
	names := func(all []entry) (out []string) {
		for _, e := range all {
			out = append(out, e.Name)
		}
		return out
	}
	switch {
	case diffs != nil:
		return diffs, nil
	case !slices.Equal(names(a), names(b)):
		return []Difference{{Kind: Header, Text: msg.Text{EN: "the files are the same, in another order", ZH: "文件相同，但顺序不同"}}}, nil
	}
	d, err := container(published, rebuilt, format)
	if err != nil {
		return nil, err
	}
	return []Difference{d}, nil
}

// headers compares what two archives say about one file. The size is part of the
// content.
func headers(a, b archive.Header) []Difference {
	var out []Difference
	add := func(en, zh string, x, y string) {
		if x != y {
			out = append(out, Difference{File: a.Name, Kind: Header, Text: msg.Textf(en, zh, x, y)})
		}
	}
	add("its time is %s as published, %s as built", "已发布的时间为 %s，重建的为 %s", stamp(a.ModTime), stamp(b.ModTime))
	add("its mode is %s as published, %s as built", "已发布的权限为 %s，重建的为 %s", fmt.Sprintf("%04o", a.Mode.Perm()), fmt.Sprintf("%04o", b.Mode.Perm()))
	return out
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// takeApart writes the contents of an archive to numbered files.
func takeApart(ctx context.Context, path, dir string) ([]entry, archive.Format, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err != nil {
		return nil, "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, "", err
	}
	var all []entry
	err = archive.Walk(ctx, f, format, archive.Limits{}, func(h archive.Header, body io.Reader) error {
		e := entry{Header: h, path: filepath.Join(dir, fmt.Sprint(len(all)))}
		out, err := os.Create(e.path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(io.MultiWriter(out, sum), body)
		e.sum = [sha256.Size]byte(sum.Sum(nil))
		all = append(all, e)
		return msg.Join(err, out.Close())
	})
	return all, format, err
}
