package rebuild

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Explain says where two artifacts differ, the published one and ours, and why that
// may be. Both are files. Archives are compared file by file, executables section by
// section, packages by members, headers and files. The error is only of reading and ctx.
func Explain(ctx context.Context, published, rebuilt string, kind manifest.Kind) ([]Difference, error) {
	takeApart := map[manifest.Kind]func(context.Context, string, string) ([]Difference, error){
		manifest.KindArchive: explainArchives, manifest.KindSource: explainArchives, manifest.KindPackage: explainPackages,
	}[kind]
	if takeApart != nil {
		diffs, err := takeApart(ctx, published, rebuilt)
		if diffs != nil || ctx.Err() != nil {
			return gathered(diffs), ctx.Err()
		}
		if err != nil {
			d, err2 := explainBytes("", published, rebuilt)
			d.Text = msg.Textf("%v; it cannot be taken apart: %v", "%v；无法拆解：%v", d.Text, err)
			return []Difference{d}, err2
		}
	}
	d, err := explainFiles("", published, rebuilt)
	return []Difference{d}, err
}

// gathered tells once what an archive says otherwise of many files, as another time.
func gathered(diffs []Difference) []Difference {
	var out []Difference
	at, more := map[string]int{}, map[int]int{}
	for _, d := range diffs {
		first, again := at[d.Text.EN]
		if d.Kind == Header && again {
			more[first]++
			continue
		}
		if d.Kind == Header {
			at[d.Text.EN] = len(out)
		}
		out = append(out, d)
	}
	for i, n := range more {
		out[i].Text = msg.Textf("%v (the same in %d more)", "%v（另有 %d 处相同）", out[i].Text, n)
	}
	return out
}

// explainFiles compares two files of one name.
func explainFiles(name, published, rebuilt string) (Difference, error) {
	a, errA := os.ReadFile(published)
	b, errB := os.ReadFile(rebuilt)
	if err := errors.Join(errA, errB); err != nil {
		return Difference{}, msg.Errorf("compare: %w", "比对：%w", err)
	}
	return explainContents(name, a, b), nil
}

func explainContents(name string, a, b []byte) Difference {
	d := Difference{File: name, Kind: Content, Text: firstByte(a, b), follows: path.Base(name) == "md5sums" || path.Base(name) == ".MTREE"}
	sections, err := compareSections(a, b)
	if err != nil { // no executables, or other ones
		return d
	}
	d.Sections, d.Causes = sections, causes(a, b, sections)
	return d
}

func explainBytes(name, published, rebuilt string) (Difference, error) {
	a, errA := os.ReadFile(published)
	b, errB := os.ReadFile(rebuilt)
	return Difference{File: name, Kind: Content, Text: firstByte(a, b)}, errors.Join(errA, errB)
}

// firstByte says where two contents part.
func firstByte(a, b []byte) msg.Text {
	n := min(len(a), len(b))
	at := n
	for i := range n {
		if a[i] != b[i] {
			at = i
			break
		}
	}
	if len(a) == len(b) {
		count := 0
		for i := at; i < n; i++ {
			if a[i] != b[i] {
				count++
			}
		}
		return msg.Textf("%d of %d bytes differ, the first at offset %d", "共 %[2]d 字节，%[1]d 字节不同，首个偏移为 %[3]d", count, len(a), at)
	}
	return msg.Textf("%d bytes are published, %d were built; the first that differs is at offset %d", "已发布 %d 字节，重建 %d 字节；首个不同的偏移为 %d", len(a), len(b), at)
}

// container says where two archives of equal files part.
func container(published, rebuilt string, f archive.Format) (Difference, error) {
	read := func(path string) ([]byte, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if f == archive.Zip {
			return io.ReadAll(file)
		}
		r, err := archive.Decompress(f, file)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(io.LimitReader(r, archive.Strict().Total))
	}
	a, err := read(published)
	if err != nil {
		return Difference{}, msg.Errorf("compare: %w", "比对：%w", err)
	}
	b, err := read(rebuilt)
	if err != nil {
		return Difference{}, msg.Errorf("compare: %w", "比对：%w", err)
	}
	d := Difference{Kind: Container}
	if f != archive.Zip && bytes.Equal(a, b) {
		d.Text = msg.Text{EN: "all that is inside is the same, it is only compressed in another way", ZH: "内容完全相同，只是压缩方式不同"}
		d.Causes = []Cause{{Code: CauseCompressor, Text: msg.Text{EN: "another compressor, or another version or level of it", ZH: "压缩器、其版本或级别不同"}}}
		return d, nil
	}
	d.Text = msg.Textf("names, modes, times and contents are the same; the archive around them is not: %v", "文件名、权限、时间与内容相同，但归档本身不同：%v", firstByte(a, b))
	d.Causes = []Cause{{Code: CauseArchiver, Text: msg.Text{EN: "another archiver, or owners in its headers", ZH: "归档工具不同，或其头部记录的属主不同"}}}
	return d, nil
}
