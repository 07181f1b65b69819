package rebuild

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
)

// label names the facts that are not an rpm's tags or the fields of a control file.
func label(fact string) (msg.Text, bool) {
	t, known := map[string]msg.Text{
		"time": {EN: "time", ZH: "时间"}, "owner": {EN: "owner", ZH: "属主"}, "mode": {EN: "mode", ZH: "权限"},
		"type": {EN: "type", ZH: "类型"}, "link": {EN: "link", ZH: "链接目标"}, "name": {EN: "name", ZH: "名称"},
	}[fact]
	return t, known
}

// following are facts that differ because something else does: sums and sizes.
var following = []string{
	"HEADERSIGNATURES", "HEADERIMMUTABLE", "SHA1HEADER", "SHA256HEADER", "MD5", "SIZE", "LONGSIZE", "LONGSIGSIZE", "PAYLOADSIZE", "LONGARCHIVESIZE", "RESERVEDSPACE",
	"ARCHIVESIZE", "FILESIZES", "FILEDIGESTS", "PAYLOADDIGEST", "PAYLOADDIGESTALT", "Installed-Size", "size", "datahash",
}

// signatures are the tags of an rpm that somebody has signed.
var signatures = []string{"DSAHEADER", "RSAHEADER", "PGP", "GPG", "OPENPGP"}

// times are the facts that are seconds since 1970.
var times = []string{"time", "BUILDTIME", "FILEMTIMES", "builddate"}

// compareFacts compares what two packages say about one thing.
func compareFacts(file string, a, b linuxpkg.Area) (diffs []Difference) {
	done := map[string]bool{}
	for _, f := range slices.Concat(a.Facts, b.Facts) {
		if done[f.Name] {
			continue
		}
		done[f.Name] = true
		x, y := a.Fact(f.Name), b.Fact(f.Name)
		if slices.Equal(x, y) {
			continue
		}
		what, i := differingValue(a, b, f.Name, x, y)
		diffs = append(diffs, Difference{File: file, Kind: Header, follows: slices.Contains(following, f.Name), Causes: causeOf(f.Name, x, y),
			Text: msg.Textf("its %s is %s as published, %s as built", "已发布的%s为 %s，重建的为 %s", what, shownValue(f.Name, x, i), shownValue(f.Name, y, i))})
	}
	return diffs
}

// differingValue names a fact, and, of one with many values, the first that differs.
func differingValue(a, b linuxpkg.Area, name string, x, y []string) (msg.Text, int) {
	what, known := label(name)
	switch {
	case known:
	case strings.ToUpper(name) == name || strings.HasPrefix(name, "tag "):
		what = msg.Textf("tag %s", "标签 %s", strings.TrimPrefix(name, "tag "))
	default:
		what = msg.Textf("field %s", "字段 %s", name)
	}
	if len(x) != len(y) || len(x) < 2 {
		return what, -1
	}
	i := 0
	for x[i] == y[i] {
		i++
	}
	of := strconv.Itoa(i)
	if path := fileOf(a, i); path != "" && path == fileOf(b, i) && len(x) == len(a.Fact("BASENAMES")) {
		of = path
	}
	return msg.Textf("%v of %s", "%[2]s 的%[1]v", what, of), i
}

// fileOf is the path of a file of an rpm; "" where the header has none.
func fileOf(a linuxpkg.Area, i int) string {
	base, dirs, index := a.Fact("BASENAMES"), a.Fact("DIRNAMES"), a.Fact("DIRINDEXES")
	if i >= len(base) || i >= len(index) {
		return ""
	}
	d, err := strconv.Atoi(index[i])
	if err != nil || d < 0 || d >= len(dirs) {
		return ""
	}
	return dirs[d] + base[i]
}

// shownValue is one value, or, with i < 0, all of them, as people read it.
func shownValue(name string, values []string, i int) string {
	if values == nil {
		return "-"
	}
	text := strings.Join(values, ", ")
	if i >= 0 {
		text = values[i]
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case slices.Contains(times, name):
			text = stamp(time.Unix(n, 0))
		case name == "FILEMODES":
			text = strconv.FormatInt(n, 8)
		}
	}
	const long = 100
	if r := []rune(text); len(r) > long {
		text = string(r[:long]) + "…"
	}
	return strconv.Quote(text)
}

// causeOf is what a difference in a fact comes from, as far as that can be told.
func causeOf(name string, published, rebuilt []string) []Cause {
	switch {
	case slices.Contains(signatures, name) && rebuilt == nil:
		return []Cause{{Code: CauseSigned, Text: signedLater}}
	case slices.Contains(times, name):
		return []Cause{{Code: CauseTime, Text: msg.Text{EN: "another time was given: that of another commit, or of the build", ZH: "所用时间不同：来自另一个提交，或构建时刻"}}}
	case name == "BUILDHOST", name == "RPMVERSION", strings.HasPrefix(name, "tag "):
		return packager()
	case name == "PAYLOADCOMPRESSOR", name == "PAYLOADFLAGS":
		return compressor()
	}
	return nil
}
