package remote

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

func TestBodyLength(t *testing.T) {
	for size, ok := range map[int64]bool{-1: false, 0: false, 3: false, 4: true, 5: false, math.MaxInt64: false} {
		src := strings.NewReader("skipfour")
		src.Seek(4, io.SeekStart)
		sum := store.NewCRC64()
		b, err := NewBody(context.Background(), src, size, sum, Digests{})
		if !ok {
			if !errors.Is(err, store.ErrIntegrity) {
				t.Errorf("%d: %v", size, err)
			}
			continue
		}
		got, err := io.ReadAll(b)
		if string(got) != "four" || err != nil || b.Detach() != nil {
			t.Errorf("%q, %v", got, err)
		}
		want := store.NewCRC64()
		io.WriteString(want, "four")
		if sum.Sum64() != want.Sum64() {
			t.Error("checksum")
		}
	}
}

// shrinking ends earlier than it said.
type shrinking struct{ *bytes.Reader }

func (s shrinking) Read(p []byte) (int, error) {
	if s.Len() <= 4 {
		return 0, io.EOF
	}
	return s.Reader.Read(p[:1])
}

func TestBodyThatShrinks(t *testing.T) {
	b, err := NewBody(context.Background(), shrinking{bytes.NewReader(make([]byte, 10))}, 10, nil, Digests{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(b); !errors.Is(err, store.ErrIntegrity) || !errors.Is(b.Detach(), store.ErrIntegrity) {
		t.Error(err)
	}
}

func TestDetachedBodyIsNotRead(t *testing.T) {
	src := strings.NewReader("four")
	b, _ := NewBody(context.Background(), src, 4, nil, Digests{})
	io.CopyN(io.Discard, b, 1)
	if b.Detach() != nil {
		t.Error("an error where there is none")
	}
	if n, err := b.Read(make([]byte, 2)); n != 0 || err == nil || src.Len() != 3 {
		t.Errorf("read %d, %v", n, err)
	}
}

func TestBodyEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	b, _ := NewBody(ctx, strings.NewReader("four"), 4, nil, Digests{})
	cancel()
	if n, err := b.Read(make([]byte, 4)); n != 0 || !errors.Is(err, context.Canceled) { // the last bytes would complete the object
		t.Errorf("read %d, %v", n, err)
	}
}

func TestDigestsAreKnownBefore(t *testing.T) {
	src := strings.NewReader("skiphello")
	src.Seek(4, io.SeekStart)
	sum := store.NewCRC64()
	b, err := NewBody(context.Background(), src, 5, sum, Digests{MD5: true, SHA256: true})
	if err != nil || b.Size() != 5 || src.Len() != 5 || sum.Sum64() != 0 {
		t.Fatalf("%v, %d left, sum %d", err, src.Len(), sum.Sum64())
	}
	if b.MD5 != "XUFAKrxLKna5cZ2REBfFkg==" || b.SHA256 != "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" {
		t.Errorf("%s, %s", b.MD5, b.SHA256)
	}
	if got, err := io.ReadAll(b); string(got) != "hello" || err != nil || sum.Sum64() == 0 {
		t.Errorf("%q, %v", got, err)
	}
	if b, _ := NewBody(context.Background(), strings.NewReader("x"), 1, nil, Digests{MD5: true}); b.SHA256 != "" || b.MD5 == "" {
		t.Errorf("more than was asked for: %q, %q", b.MD5, b.SHA256)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewBody(ctx, strings.NewReader("four"), 4, nil, Digests{MD5: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRange(t *testing.T) {
	for in, want := range map[[2]int64]string{
		{0, -1}: "", {0, 1}: "bytes=0-0", {5, 10}: "bytes=5-14", {5, -1}: "bytes=5-", {5, math.MaxInt64}: "bytes=5-", {math.MaxInt64, 1}: "bytes=9223372036854775807-9223372036854775807",
	} {
		if got := Range(in[0], in[1]); got != want {
			t.Errorf("%v: %q, want %q", in, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "99999999": 24 * time.Hour,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second, "Fri, 02 Jan 2026 03:00:00 GMT": 0, "Fri, 02 Jan 2099 03:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
