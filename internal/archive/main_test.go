package archive

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// need skips a test for lack of a tool, unless the environment demands it.
func need(t *testing.T, ok bool, what string) {
	t.Helper()
	switch {
	case ok:
	case os.Getenv("YINGZAO_E2E") == "require":
		t.Fatalf("%s is missing, and YINGZAO_E2E=require", what)
	default:
		t.Skipf("%s is missing", what)
	}
}

var commitTime = time.Date(2026, 8, 22, 9, 30, 11, 0, time.UTC)

// program is content that compresses like a binary: runs, repetitions and noise.
func program(size int) []byte {
	rnd := rand.New(rand.NewPCG(1103, 2026))
	b := make([]byte, 0, size+512)
	for len(b) < size {
		switch rnd.IntN(3) {
		case 0:
			b = append(b, make([]byte, rnd.IntN(64))...)
		case 1:
			b = fmt.Appendf(b, "symbol_%d/%d ", rnd.IntN(50), rnd.IntN(9))
		default:
			if n := rnd.IntN(400); n > 0 && len(b) > n {
				b = append(b, b[len(b)-n:len(b)-n+min(n, 120)]...)
			}
			b = append(b, byte(rnd.UintN(256)), byte(rnd.UintN(256)), byte(rnd.UintN(256)))
		}
	}
	return b[:size]
}

func file(name string, mode os.FileMode, content []byte) Entry {
	return Entry{Name: name, Mode: mode, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

// sample holds one of each difficulty: a Chinese name, a name too long for
// ustar, an empty file, an owner, a time of its own. It is not sorted.
func sample() []Entry {
	own := file("etc/demo.conf", 0o600, []byte("listen = :8080\n"))
	own.Owner, own.Group = "root", "staff"
	old := file("README.md", 0, []byte("# demo\n"))
	old.ModTime = time.Date(2001, 9, 9, 1, 46, 40, 987, time.FixedZone("CST", 8*3600))
	return []Entry{
		file("文档/说明.md", 0, []byte("营造法式\n")),
		file("bin/demo", 0o755, program(300_000)),
		file(strings.Repeat("deep/", 28)+"a-name-that-is-long.txt", 0, []byte("x")),
		file("empty", 0, nil),
		own, old,
	}
}

// one is the single file that Gz and Binary take.
func one() []Entry { return []Entry{file("demo", 0o755, program(300_000))} }

func entriesFor(f Format) []Entry {
	if f.single() {
		return one()
	}
	return sample()
}

// chopped makes every source return its content in pieces of n bytes; 0 in halves.
func chopped(entries []Entry, n int) []Entry {
	for i := range entries {
		open := entries[i].Open
		entries[i].Open = func() (io.ReadCloser, error) {
			r, err := open()
			if n == 0 {
				return io.NopCloser(iotest.HalfReader(r)), err
			}
			return io.NopCloser(&pieces{r, n}), err
		}
	}
	return entries
}

type pieces struct {
	r io.Reader
	n int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(p.n, len(b))]) }

func pack(t testing.TB, f Format, entries []Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(context.Background(), &b, f, entries, Options{ModTime: commitTime}); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return b.Bytes()
}
