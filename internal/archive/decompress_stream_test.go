package archive

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestDecompress(t *testing.T) {
	entries := []Entry{{Name: "a", Size: 5, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("hello")), nil }}}
	var want bytes.Buffer
	if err := Write(t.Context(), &want, Tar, entries, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []Format{Tar, TarGz, TarZst, TarXz} {
		var packed bytes.Buffer
		if err := Write(t.Context(), &packed, f, entries, Options{}); err != nil {
			t.Fatal(err)
		}
		half := bytes.NewReader(packed.Bytes()[:packed.Len()/2])
		r, err := Decompress(f, &packed)
		if err != nil {
			t.Fatal(f, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want.Bytes()) || r.Close() != nil {
			t.Errorf("%s: %d bytes, %v", f, len(got), err)
		}
		if f == Tar {
			continue // half a stream of anything is a stream
		}
		r, err = Decompress(f, half)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
		if err == nil {
			t.Errorf("%s: half a stream was read to its end", f)
		}
	}
	for _, f := range []Format{Zip, Binary, ""} {
		if _, err := Decompress(f, strings.NewReader("")); err == nil {
			t.Errorf("%q is a stream", f)
		}
	}
}
