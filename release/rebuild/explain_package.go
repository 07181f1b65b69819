package rebuild

import (
	"bytes"
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
)

// explainPackages compares two packages: what is said about their areas (members of a
// deb, headers of an rpm; the other formats are one area), what is said about the
// files in them, and those. Nil differences and an error say that one of the packages
// cannot be read.
func explainPackages(ctx context.Context, published, rebuilt string) ([]Difference, error) {
	a, err := os.ReadFile(published)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(rebuilt)
	if err != nil {
		return nil, err
	}
	theirs, err := areas(a)
	if err != nil {
		return nil, err
	}
	ours, err := areas(b)
	if err != nil {
		return nil, err
	}
	var diffs []Difference
	for _, t := range theirs {
		i := slices.IndexFunc(ours, func(o linuxpkg.Area) bool { return stem(o) == stem(t) })
		if i < 0 {
			diffs = append(diffs, Difference{File: t.Name, Kind: Gone, Text: onlyPublished, Causes: []Cause{{Code: CauseSigned, Text: signedLater}}})
			continue
		}
		found, err := explainAreas(ctx, t, ours[i])
		if err != nil {
			return nil, err
		}
		diffs = append(diffs, found...)
		ours = slices.Delete(ours, i, i+1)
	}
	for _, o := range ours {
		diffs = append(diffs, Difference{File: o.Name, Kind: Added, Text: onlyBuilt})
	}
	if diffs == nil {
		diffs = []Difference{{Kind: Container, Text: msg.Textf("all parts are the same; what lies between them is not: %v", "各部分均相同，其间的填充不同：%v", firstByte(a, b)), Causes: packager()}}
	}
	return withoutConsequences(diffs), nil
}

// areas takes a package apart. One that is neither deb nor rpm is a tar as a whole.
func areas(b []byte) ([]linuxpkg.Area, error) {
	switch {
	case bytes.HasPrefix(b, []byte("!<arch>\n")):
		return linuxpkg.Areas(linuxpkg.Deb, b)
	case bytes.HasPrefix(b, []byte("\xed\xab\xee\xdb")):
		return linuxpkg.Areas(linuxpkg.RPM, b)
	case compression(b) == archive.Tar:
		return nil, msg.Errorf("neither deb, rpm, apk nor Arch Linux package", "不是 deb、rpm、apk 或 Arch Linux 软件包")
	}
	return []linuxpkg.Area{{Name: "package.tar", Data: b}}, nil
}

// stem is an area's name without the suffix of its compression.
func stem(a linuxpkg.Area) string {
	name, _, _ := strings.Cut(a.Name, ".tar")
	return name
}

func explainAreas(ctx context.Context, published, rebuilt linuxpkg.Area) ([]Difference, error) {
	diffs := compareFacts(published.Name, published, rebuilt)
	if bytes.Equal(published.Data, rebuilt.Data) {
		return diffs, nil
	}
	if published.Name != rebuilt.Name {
		diffs = append(diffs, Difference{File: published.Name, Kind: Container, Causes: compressor(),
			Text: msg.Textf("%s is published, %s was built", "已发布的是 %s，重建的是 %s", published.Name, rebuilt.Name)})
	}
	switch stem(published) {
	case "signature", "header":
		if diffs == nil {
			diffs = []Difference{{File: published.Name, Kind: Container, Text: msg.Textf("its tags are the same, in another order or place: %v", "标签相同，但顺序或位置不同：%v", firstByte(published.Data, rebuilt.Data)), Causes: packager()}}
		}
		return diffs, nil
	case "control", "data", "payload", "package":
	default:
		return append(diffs, explainContents(published.Name, published.Data, rebuilt.Data)), nil
	}
	a, b, err := unpackBoth(ctx, published, rebuilt)
	if err != nil {
		return nil, err
	}
	diffs = append(diffs, compareNodes(published.Name, a.nodes, b.nodes)...)
	if diffs == nil && bytes.Equal(a.plain, b.plain) {
		diffs = []Difference{{File: published.Name, Kind: Container, Text: msg.Text{EN: "all that is inside is the same, it is only compressed in another way", ZH: "内容完全相同，只是压缩方式不同"}, Causes: compressor()}}
	}
	if diffs == nil {
		diffs = []Difference{{File: published.Name, Kind: Container, Text: msg.Textf("the files are the same, what is around them is not: %v", "文件相同，其外层不同：%v", firstByte(a.plain, b.plain)), Causes: packager()}}
	}
	return diffs, nil
}

// compareNodes compares the files of two areas, by name.
func compareNodes(area string, a, b []node) (diffs []Difference) {
	built := map[string]node{}
	for _, o := range b {
		built[o.name] = o
	}
	for _, t := range a {
		file := area + "/" + t.name
		o, both := built[t.name]
		if !both {
			diffs = append(diffs, Difference{File: file, Kind: Gone, Text: onlyPublished})
			continue
		}
		delete(built, t.name)
		diffs = append(diffs, compareFacts(file, linuxpkg.Area{Facts: t.facts}, linuxpkg.Area{Facts: o.facts})...)
		if bytes.Equal(t.data, o.data) {
			continue
		}
		said := compareFacts(file, linuxpkg.Area{Facts: t.fields()}, linuxpkg.Area{Facts: o.fields()})
		if said == nil {
			said = []Difference{explainContents(file, t.data, o.data)}
		}
		diffs = append(diffs, said...)
	}
	for _, name := range slices.Sorted(maps.Keys(built)) {
		diffs = append(diffs, Difference{File: area + "/" + name, Kind: Added, Text: onlyBuilt})
	}
	return diffs
}

// withoutConsequences leaves out sums and sizes that differ because something else
// does, unless there is nothing else.
func withoutConsequences(diffs []Difference) []Difference {
	causes := slices.DeleteFunc(slices.Clone(diffs), func(d Difference) bool { return d.follows })
	if len(causes) == 0 {
		return diffs
	}
	return causes
}

var (
	onlyPublished = msg.Text{EN: "it is published, but was not built", ZH: "已发布，但重建结果中没有"}
	onlyBuilt     = msg.Text{EN: "it was built, but is not published", ZH: "重建结果中有，但未发布"}
	signedLater   = msg.Text{EN: "somebody signed the package, or added to it, after it was made", ZH: "软件包在生成之后被签名或追加了内容"}
)

func packager() []Cause {
	return []Cause{{Code: CausePackager, Text: msg.Text{EN: "another packager: another version of nfpm or of yingzao", ZH: "打包工具不同：nfpm 或 yingzao 的版本不同"}}}
}

func compressor() []Cause {
	return []Cause{{Code: CauseCompressor, Text: msg.Text{EN: "another compressor, or another version or level of it", ZH: "压缩器、其版本或级别不同"}}}
}

// unpackBoth unpacks an area of both packages; theirs may be no more than twice as
// large as ours, and slack.
func unpackBoth(ctx context.Context, published, rebuilt linuxpkg.Area) (a, b unpacked, err error) {
	if b, err = unpack(ctx, rebuilt, archive.Strict().Total); err != nil {
		return a, b, err
	}
	a, err = unpack(ctx, published, 2*int64(len(b.plain))+slack)
	return a, b, err
}
