package bootstrap

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestBlock(t *testing.T) {
	const block = beginMark + "\nbody\n" + endMark + "\n"
	for name, c := range map[string][2]string{
		"empty":        {"", block},
		"end":          {"a\n", "a\n" + block},
		"no newline":   {"a", "a\n" + block},
		"crlf":         {"a\r\n", "a\r\n" + block},
		"replace":      {"a\n" + beginWord + " older\nold\n" + endMark + "\nb", "a\n" + block + "b"},
		"crlf marks":   {beginMark + "\r\nold\r\n" + endMark + "\r\nb", block + "b"},
		"same":         {"a\n" + block + "b\n", "a\n" + block + "b\n"},
		"mark in text": {"echo '" + beginWord + "'\n", "echo '" + beginWord + "'\n" + block},
	} {
		got, err := withBlock([]byte(c[0]), "body\n")
		if err != nil || string(got) != c[1] {
			t.Errorf("%s: %q %v", name, got, err)
		}
		again, err := withBlock(got, "body\n")
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s: a second time: %q %v", name, again, err)
		}
	}
	for name, text := range map[string]string{"no end": beginMark + "\nbody\n", "no begin": endMark + "\n", "twice": block + block, "nested": beginMark + "\n" + block, "turned": endMark + "\n" + beginMark + "\n"} {
		if _, err := withBlock([]byte(text), "body\n"); err == nil || msg.Hint(err).IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every byte outside of the block stays, and removing it gives the text back.
func FuzzBlock(f *testing.F) {
	for _, s := range []string{"", "a", "a\n", "a\r\n", beginMark, "x\n" + beginMark + "\ny\n" + endMark + "\nz", endMark, "\xff\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		with, err := withBlock(data, "body\n")
		if err != nil {
			return
		}
		if again, err := withBlock(with, "body\n"); err != nil || !bytes.Equal(again, with) {
			t.Fatalf("not stable: %q %q %v", with, again, err)
		}
		without, err := withBlock(with, "")
		if err != nil {
			t.Fatal(err)
		}
		want := data
		if from, to, _ := findBlock(data); from < to {
			want = append(bytes.Clone(data[:from]), data[to:]...)
		}
		if !bytes.Equal(bytes.TrimSuffix(without, []byte("\n")), bytes.TrimSuffix(want, []byte("\n"))) {
			t.Fatalf("%q became %q", want, without)
		}
		if strings.Count(string(with), endMark) < 1 {
			t.Fatal("no block")
		}
	})
}
