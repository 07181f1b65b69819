package store_test

import (
	"hash/crc64"
	"math"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
)

func sum(b []byte) uint64 { return crc64.Checksum(b, crc64.MakeTable(crc64.ECMA)) }

func TestCRC64KnownValue(t *testing.T) {
	// The check value of CRC-64/XZ in the published catalogue of CRC algorithms.
	h := store.NewCRC64()
	_, _ = h.Write([]byte("123456789"))
	if got := h.Sum64(); got != 0x995dc9bbdf1939fa {
		t.Errorf("%#x", got)
	}
	if got := store.FormatCRC64(h.Sum64()); got != "11051210869376104954" {
		t.Errorf("printed %s", got)
	}
}

func TestParseCRC64(t *testing.T) {
	for _, n := range []uint64{0, 1, math.MaxUint64} {
		if got, ok := store.ParseCRC64(store.FormatCRC64(n)); got != n || !ok {
			t.Errorf("%d came back as %d, %v", n, got, ok)
		}
	}
	for _, s := range []string{"", "x", "-1", "+1", "01", " 1", "1 ", "0x1", "1_0", "18446744073709551616"} {
		if got, ok := store.ParseCRC64(s); ok {
			t.Errorf("%q was read as %d", s, got)
		}
	}
}

func TestCombineCRC64(t *testing.T) {
	whole := []byte(strings.Repeat("营造法式 part by part ", 40_000))
	for _, cut := range []int{0, 1, 7, 100_000, 1 << 19, len(whole) - 1, len(whole)} {
		a, b := whole[:cut], whole[cut:]
		if got := store.CombineCRC64(sum(a), sum(b), int64(len(b))); got != sum(whole) {
			t.Errorf("cut at %d: %d, want %d", cut, got, sum(whole))
		}
	}
	// Many parts, and a length of 2^40 that nobody would read: a run of zeros
	// doubled forty times.
	zero, n := sum([]byte{0}), int64(1)
	doubled := zero
	for range 40 {
		doubled, n = store.CombineCRC64(doubled, doubled, n), 2*n
	}
	left := store.CombineCRC64(zero, sum(nil), 0)
	for bit := int64(1); bit < n; bit *= 2 { // 1 + (1+2+4+…) zeros
		run, m := zero, int64(1)
		for ; m < bit; m *= 2 {
			run = store.CombineCRC64(run, run, m)
		}
		left = store.CombineCRC64(left, run, bit)
	}
	if left != doubled {
		t.Errorf("2^40 zeros have CRCs %d and %d", doubled, left)
	}
}

func FuzzCombineCRC64(f *testing.F) {
	f.Add([]byte(nil), []byte(nil))
	f.Add([]byte("a"), []byte("bc"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		whole := append(append([]byte(nil), a...), b...)
		if got := store.CombineCRC64(sum(a), sum(b), int64(len(b))); got != sum(whole) {
			t.Errorf("%q + %q: %d, want %d", a, b, got, sum(whole))
		}
	})
}
