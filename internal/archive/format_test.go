package archive

import (
	"bytes"
	"os"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestParseFormat(t *testing.T) {
	for s, want := range map[string]Format{
		"tar.gz": TarGz, "tgz": TarGz, "tar.zst": TarZst, "tzst": TarZst, "tar.xz": TarXz, "txz": TarXz,
		"tar": Tar, "zip": Zip, "gz": Gz, "binary": Binary,
	} {
		if got, err := ParseFormat(s); got != want || err != nil {
			t.Errorf("%s: %q, %v", s, got, err)
		}
	}
	for s, hint := range map[string]string{
		"tar.gzz": "did you mean tar.gz?", "zipp": "did you mean zip?", "tar-gz": "did you mean tar.gz?",
		"stuffit": "use one of [tar.gz tar.zst tar.xz zip tar gz binary]",
	} {
		_, err := ParseFormat(s)
		if err == nil || msg.Hint(err).EN != hint || msg.KindOf(err) != msg.Usage {
			t.Errorf("%s: %v (%q)", s, err, msg.Hint(err).EN)
		}
	}
	if TarGz.Ext() != ".tar.gz" || Binary.Ext() != "" || Gz.Ext() != ".gz" {
		t.Error("extensions")
	}
}

func TestDetect(t *testing.T) {
	for _, f := range Formats() {
		if got, err := Detect(bytes.NewReader(pack(t, f, entriesFor(f)))); got != f || err != nil {
			t.Errorf("%s detected as %q, %v", f, got, err)
		}
	}
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	v7 := pack(t, Tar, []Entry{file("a", 0, nil)})
	copy(v7[257:265], make([]byte, 8)) // no "ustar": the checksum decides
	sum := 0
	copy(v7[148:156], "        ")
	for _, b := range v7[:512] {
		sum += int(b)
	}
	copy(v7[148:156], []byte{'0', '0', byte('0' + sum>>9&7), byte('0' + sum>>6&7), byte('0' + sum>>3&7), byte('0' + sum&7), 0, ' '})
	for name, tc := range map[string]struct {
		b    []byte
		want Format
	}{
		"nothing":         {nil, Binary},
		"text":            {[]byte("hello"), Binary},
		"an executable":   {self, Binary},
		"empty tar":       {make([]byte, 1024), Tar},
		"some zeros":      {make([]byte, 600), Binary},
		"oldest tar":      {v7, Tar},
		"empty zip":       {append([]byte("PK\x05\x06"), make([]byte, 18)...), Zip},
		"broken gzip":     {[]byte("\x1f\x8b\x08\xff\xff\xff\xff\xff\xff\xff"), Gz},
		"zstd, not a tar": {enc.EncodeAll(self[:5000], nil), Binary},
		"broken xz":       {[]byte("\xfd7zXZ\x00"), Binary},
	} {
		if got, err := Detect(bytes.NewReader(tc.b)); got != tc.want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
