package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// hostileLimits are small enough for the bombs to be cheap.
var hostileLimits = Limits{Entries: 50, Total: 8 << 20, File: 4 << 20, Ratio: 100, Depth: 10, Name: 300}

// hostile is one archive that must be refused, and why.
type hostile struct {
	name   string
	format Format
	make   func(*testing.T) []byte
	want   error
}

// hostileNames are refused in a tar and in a zip alike.
var hostileNames = []struct {
	name  string
	files []string
	want  error
}{
	{"parent", []string{"../up"}, errParent},
	{"parent inside", []string{"a/../../up"}, errParent},
	{"parent that comes back", []string{"a/../b"}, errParent},
	{"bare parent", []string{".."}, errParent},
	{"absolute", []string{"/etc/passwd"}, errAbsolute},
	{"double slash", []string{"//host/share"}, errAbsolute},
	{"backslash", []string{`..\up`}, errBackslash},
	{"drive", []string{"C:/windows"}, errColon},
	{"drive, relative", []string{"c:up"}, errColon},
	{"stream", []string{"file:hidden"}, errColon},
	{"line feed", []string{"a\nb"}, errControl},
	{"escape", []string{"\x1b[2Ja"}, errControl},
	{"C1 control", []string{"a\u009bb"}, errControl},
	{"GBK name", []string{"\xce\xc4\xb5\xb5.txt"}, errEncoding},
	{"overlong UTF-8", []string{"..\xc0\xafup"}, errEncoding},
	{"device", []string{"NUL"}, errReserved},
	{"device with extension", []string{"a/con.txt"}, errReserved},
	{"device in superscript", []string{"COM¹"}, errReserved},
	{"device and spaces", []string{"aux .c"}, errReserved},
	{"console", []string{"conout$"}, errReserved},
	{"trailing dot", []string{"a."}, errTail},
	{"three dots", []string{".../a"}, errTail},
	{"trailing space", []string{"a /b"}, errTail},
	{"empty element", []string{"a//b"}, errUnclean},
	{"dot element", []string{"a/./b"}, errUnclean},
	{"twice", []string{"a", "a"}, errDuplicate},
	{"twice, spelled otherwise", []string{"a", "./a"}, errDuplicate},
	{"case", []string{"README", "readme"}, errCase},
	{"case of a parent", []string{"Bin/a", "bin/b"}, errCase},
	{"sharp s", []string{"straße", "STRASSE"}, errCase},
	{"Unicode form", []string{"caf\u00e9", "cafe\u0301"}, errCase},
	{"file, then directory", []string{"a", "a/b"}, errConflict},
	{"directory, then file", []string{"a/b", "a"}, errConflict},
	{"depth", []string{strings.Repeat("d/", 10) + "f"}, errDepth},
	{"name length", []string{strings.Repeat("n", 301)}, errNameLen},
	{"entries", numbered(51, "%d"), errEntries},
	{"implied directories", numbered(6, "%d/1/2/3/4/5/6/7/8"), errEntries},
}

func numbered(n int, format string) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf(format, i))
	}
	return all
}

func hostileArchives() []hostile {
	var all []hostile
	for _, h := range hostileNames {
		all = append(all,
			hostile{h.name, Tar, func(t *testing.T) []byte { return tarOf(t, tarFiles(h.files...)...) }, h.want},
			hostile{h.name, Zip, func(t *testing.T) []byte { return zipOf(t, zipFiles(h.files...)...) }, h.want})
	}
	for name, flag := range map[string]byte{
		"symlink": tar.TypeSymlink, "hard link": tar.TypeLink, "fifo": tar.TypeFifo,
		"character device": tar.TypeChar, "block device": tar.TypeBlock, "contiguous": tar.TypeCont, "vendor type": 'V',
	} {
		all = append(all, hostile{name, Tar, func(t *testing.T) []byte {
			return tarOf(t, tarFile{Header: tar.Header{Name: "x", Typeflag: flag, Linkname: "/etc"}})
		}, errType})
	}
	for name, mode := range map[string]fs.FileMode{
		"symlink": fs.ModeSymlink, "fifo": fs.ModeNamedPipe, "device": fs.ModeDevice, "socket": fs.ModeSocket,
	} {
		all = append(all, hostile{name, Zip, func(t *testing.T) []byte {
			h := &zip.FileHeader{Name: "x"}
			h.SetMode(mode | 0o777)
			return zipOf(t, zipFile{h, []byte("/etc")})
		}, errType})
	}
	zeros := func(n int) []byte { return make([]byte, n) }
	bomb := tarFiles("zeros")
	bomb[0].content = zeros(3 << 20)
	large := tarFiles("large")
	large[0].content = program(4<<20 + 1)
	total := tarFiles("1", "2", "3")
	for i := range total {
		total[i].content = program(3 << 20)
	}
	return append(all, []hostile{
		{"link, then through it", Tar, func(t *testing.T) []byte {
			return tarOf(t, tarFile{Header: tar.Header{Name: "l", Typeflag: tar.TypeSymlink, Linkname: ".."}}, tarFiles("l/pwned")[0])
		}, errType},
		{"directory twice", Tar, func(t *testing.T) []byte {
			dir := tarFile{Header: tar.Header{Name: "x/", Typeflag: tar.TypeDir}}
			return tarOf(t, dir, dir)
		}, errDuplicate},
		{"sparse", Tar, func(t *testing.T) []byte { return sparseTar(t) }, errSparse},
		{"claims 1 TiB", Tar, func(t *testing.T) []byte { return tarHeaderOnly(t, 1<<40) }, errFile},
		{"claims more than there is", Tar, func(t *testing.T) []byte { return tarHeaderOnly(t, 1<<20) }, io.ErrUnexpectedEOF},
		{"no end marker", Tar, func(t *testing.T) []byte { b := tarOf(t, tarFiles("a")...); return b[:len(b)-1024] }, errNoEnd},
		{"half an end marker", Tar, func(t *testing.T) []byte { b := tarOf(t, tarFiles("a")...); return b[:len(b)-512] }, errNoEnd},
		{"hidden tail", Tar, func(t *testing.T) []byte { return append(tarOf(t, tarFiles("a")...), tarOf(t, tarFiles("b")...)...) }, errTrailing},
		{"large file", Tar, func(t *testing.T) []byte { return tarOf(t, large...) }, errFile},
		{"total", Tar, func(t *testing.T) []byte { return tarOf(t, total...) }, errTotal},
		{"gzip bomb", TarGz, func(t *testing.T) []byte { return gz(t, tarOf(t, bomb...)) }, errRatio},
		{"bare gzip bomb", Gz, func(t *testing.T) []byte { return gz(t, zeros(3<<20)) }, errRatio},
		{"zstd bomb", TarZst, func(t *testing.T) []byte { return zst(t, tarOf(t, bomb...)) }, errRatio},
		{"xz bomb", TarXz, func(t *testing.T) []byte { return xzip(t, tarOf(t, bomb...), 1<<20) }, errRatio},
		{"zstd window", TarZst, func(t *testing.T) []byte { return []byte("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00") }, zstd.ErrWindowSizeExceeded},
		{"xz dictionary", TarXz, func(t *testing.T) []byte { return xzWithDictionary(t) }, errWindow},
		{"bomb of nothing", TarGz, func(t *testing.T) []byte { return gz(t, zeros(3<<20)) }, errRatio},
		{"bomb of top directories", TarGz, func(t *testing.T) []byte {
			return gz(t, bytes.Repeat(tarOf(t, tarFile{Header: tar.Header{Name: "./", Typeflag: tar.TypeDir}})[:512], 1<<13))
		}, errRatio},
		{"gzip cut short", TarGz, func(t *testing.T) []byte { b := gz(t, tarOf(t, tarFiles("a")...)); return b[:len(b)-1] }, io.ErrUnexpectedEOF},
		{"gzip checksum", TarGz, func(t *testing.T) []byte { b := gz(t, tarOf(t, tarFiles("a")...)); b[len(b)-8] ^= 1; return b }, anyError},
		{"junk after gzip", TarGz, func(t *testing.T) []byte { return append(gz(t, tarOf(t, tarFiles("a")...)), "junk"...) }, anyError},
		{"not a gzip", TarGz, func(*testing.T) []byte { return []byte("<html>404</html>") }, anyError},
		{"not a zip", Zip, func(*testing.T) []byte { return []byte("<html>404</html>") }, zip.ErrFormat},
		{"zip bomb", Zip, func(t *testing.T) []byte {
			return zipOf(t, zipFile{&zip.FileHeader{Name: "zeros", Method: zip.Deflate}, zeros(3 << 20)})
		}, errRatio},
		{"zip total", Zip, func(t *testing.T) []byte {
			return zipOf(t, zipFile{&zip.FileHeader{Name: "1"}, program(3 << 20)}, zipFile{&zip.FileHeader{Name: "2"}, program(3 << 20)}, zipFile{&zip.FileHeader{Name: "3"}, program(3 << 20)})
		}, errTotal},
		{"zip large file", Zip, func(t *testing.T) []byte { return zipOf(t, zipFile{&zip.FileHeader{Name: "1"}, program(4<<20 + 1)}) }, errFile},
		{"zip of overlapping entries", Zip, overlappingZip, errRatio},
		{"zip lies about the size", Zip, func(t *testing.T) []byte { return patchZip(zipOf(t, zipFiles("a")...), 24, 1, 0, 0, 0) }, anyError},
		{"zip checksum", Zip, func(t *testing.T) []byte { return patchZip(zipOf(t, zipFiles("a")...), 16, 1, 2, 3, 4) }, zip.ErrChecksum},
		{"zip encrypted", Zip, func(t *testing.T) []byte { return patchZip(zipOf(t, zipFiles("a")...), 8, 9) }, errEncrypted},
		{"zip of another method", Zip, func(t *testing.T) []byte { return patchZip(zipOf(t, zipFiles("a")...), 10, 99) }, zip.ErrAlgorithm},
		{"zip name with NUL", Zip, func(t *testing.T) []byte { return zipOf(t, zipFiles("a\x00b")...) }, errControl},
		{"zip entry without a name", Zip, func(t *testing.T) []byte { return zipOf(t, zipFile{&zip.FileHeader{Name: ""}, nil}) }, errUnclean},
	}...)
}

// anyError stands for an error that has no value to compare with.
var anyError = fmt.Errorf("any error")

type tarFile struct {
	tar.Header
	content []byte
}

func tarFiles(names ...string) (all []tarFile) {
	for _, n := range names {
		all = append(all, tarFile{tar.Header{Name: n, Typeflag: tar.TypeReg, Mode: 0o644}, []byte("content of " + n)})
	}
	return all
}

func tarOf(t testing.TB, files ...tarFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		f.Header.Size = int64(len(f.content))
		if err := w.WriteHeader(&f.Header); err != nil {
			// The writer refuses names that are not UTF-8: GNU's format takes them.
			f.Header.Format = tar.FormatGNU
			if err := w.WriteHeader(&f.Header); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarHeaderOnly(t *testing.T, size int64) []byte {
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(&tar.Header{Name: "x", Size: size, Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sparseTar is 1 TiB of zeros in PAX 0.1 form, which the writer cannot make:
// the records are written under other names of equal length and patched.
func sparseTar(t *testing.T) []byte {
	h := tar.Header{Name: "x", Typeflag: tar.TypeReg, Mode: 0o644, Format: tar.FormatPAX, PAXRecords: map[string]string{
		"XXX.sparse.size": "1099511627776", "XXX.sparse.numblocks": "0", "XXX.sparse.map": "",
	}}
	b := tarOf(t, tarFile{Header: h})
	return bytes.ReplaceAll(b, []byte("XXX.sparse"), []byte("GNU.sparse"))
}

type zipFile struct {
	header  *zip.FileHeader
	content []byte
}

func zipFiles(names ...string) (all []zipFile) {
	for _, n := range names {
		all = append(all, zipFile{&zip.FileHeader{Name: n}, []byte("content of " + n)})
	}
	return all
}

func zipOf(t testing.TB, files ...zipFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.CreateHeader(f.header)
		if err == nil {
			_, err = e.Write(f.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// patchZip changes bytes of the first record of the central directory.
func patchZip(b []byte, at int, with ...byte) []byte {
	copy(b[bytes.Index(b, []byte("PK\x01\x02"))+at:], with)
	return b
}

// overlappingZip has twenty entries that are all the same 350 kB of compressed
// data: each alone is within the ratio.
func overlappingZip(t *testing.T) []byte {
	content := make([]byte, 350_000)
	var deflated bytes.Buffer
	gw, _ := gzip.NewWriterLevel(&deflated, 9)
	_, _ = gw.Write(content)
	_ = gw.Close()
	data := deflated.Bytes()[10 : deflated.Len()-8]
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 20 {
		e, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("f%02d", i), Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(content),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(content))})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if _, err := e.Write(data); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	// Point every record of the central directory to the first entry.
	out := b.Bytes()
	for at := bytes.Index(out, []byte("PK\x01\x02")); at >= 0; {
		copy(out[at+42:at+46], []byte{0, 0, 0, 0})
		next := bytes.Index(out[at+4:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		at += 4 + next
	}
	return out
}

func gz(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t testing.TB, b []byte) []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

func xzip(t testing.TB, b []byte, dictionary int) []byte {
	var out bytes.Buffer
	w, err := xz.WriterConfig{DictCap: dictionary}.NewWriter(&out)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// xzWithDictionary asks for 4 GiB - 1 in a block header whose checksum holds.
func xzWithDictionary(t *testing.T) []byte {
	b := xzip(t, []byte("x"), 1<<20)
	header := b[12 : 12+(int(b[12])+1)*4]
	header[bytes.Index(header, []byte{0x21, 1})+2] = 40
	sum := crc32.ChecksumIEEE(header[:len(header)-4])
	copy(header[len(header)-4:], []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)})
	return b
}
