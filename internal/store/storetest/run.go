package storetest

import (
	"bytes"
	"context"
	"errors"
	"hash/crc64"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
)

// Run tests that the stores open returns behave as package store says. Each
// call of open must return an empty store; whatever it needs to clean up it
// gives to t. Promises that Caps denies are not tested.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range slices.Concat(objectCases, rangeCases, listCases, absentCases, badInputCases, multipartCases, raceCases) {
		t.Run(c.name, func(t *testing.T) {
			h := &harness{t: t, st: open(t), ctx: t.Context()}
			if c.absent && !h.st.Caps().IfAbsent {
				t.Skip("the store does not promise IfAbsent")
			}
			c.run(h)
		})
	}
}

type testCase struct {
	name   string
	absent bool // needs Caps.IfAbsent
	run    func(h *harness)
}

// harness is a store in a test, with the calls that must succeed.
type harness struct {
	t   *testing.T
	st  store.Store
	ctx context.Context
}

func (h *harness) put(key string, content []byte) store.Info {
	h.t.Helper()
	info, err := h.st.Put(h.ctx, key, bytes.NewReader(content), int64(len(content)), store.PutOptions{})
	h.ok("Put "+key, err)
	h.describes("Put", info, key, content)
	return info
}

func (h *harness) begin(key string, o store.PutOptions) store.Upload {
	h.t.Helper()
	u, err := h.st.Begin(h.ctx, key, o)
	h.ok("Begin "+key, err)
	return u
}

func (h *harness) part(u store.Upload, n int, content []byte) {
	h.t.Helper()
	info, err := u.Part(h.ctx, n, bytes.NewReader(content), int64(len(content)))
	h.ok("Part", err)
	if info.Number != n || info.Size != int64(len(content)) {
		h.t.Errorf("Part %d of %d bytes returned %+v", n, len(content), info)
	}
	h.crc("Part", info.CRC64, content)
}

func (h *harness) commit(u store.Upload, key string, want []byte) {
	h.t.Helper()
	info, err := u.Commit(h.ctx)
	h.ok("Commit", err)
	h.describes("Commit", info, key, want)
}

// holds checks an object by Head, Get and the bytes.
func (h *harness) holds(key string, want []byte) {
	h.t.Helper()
	info, err := h.st.Head(h.ctx, key)
	h.ok("Head "+key, err)
	h.describes("Head", info, key, want)
	if h.st.Caps().CRC64 && info.CRC64 == "" {
		h.t.Errorf("Head %s: no CRC64, which Caps promises", key)
	}
	got, info := h.read(key, 0, -1)
	h.describes("Get", info, key, want)
	if !bytes.Equal(got, want) {
		h.t.Errorf("Get %s: %s, want %s", key, brief(got), brief(want))
	}
}

func (h *harness) read(key string, off, n int64) ([]byte, store.Info) {
	h.t.Helper()
	r, info, err := h.st.Get(h.ctx, key, off, n)
	h.ok("Get "+key, err)
	got, err := io.ReadAll(r)
	h.ok("read "+key, err)
	h.ok("close "+key, r.Close())
	return got, info
}

// hasNot checks that no call shows the object.
func (h *harness) hasNot(key string) {
	h.t.Helper()
	_, err := h.st.Head(h.ctx, key)
	h.is("Head "+key, err, store.ErrNotFound)
	r, _, err := h.st.Get(h.ctx, key, 0, -1)
	h.is("Get "+key, err, store.ErrNotFound)
	if err == nil {
		r.Close()
	}
	if slices.Contains(h.keys(""), key) {
		h.t.Errorf("List shows %s, which must not exist", key)
	}
}

func (h *harness) keys(prefix string) []string {
	h.t.Helper()
	var keys []string
	h.ok("List", h.st.List(h.ctx, prefix, func(i store.Info) error {
		keys = append(keys, i.Key)
		return nil
	}))
	return keys
}

func (h *harness) wantKeys(prefix string, want ...string) {
	h.t.Helper()
	if got := h.keys(prefix); !slices.Equal(got, want) {
		h.t.Errorf("List %q: %q, want %q", prefix, got, want)
	}
}

func (h *harness) describes(call string, info store.Info, key string, content []byte) {
	h.t.Helper()
	if info.Key != key || info.Size != int64(len(content)) {
		h.t.Errorf("%s: info %+v, want key %s, size %d", call, info, key, len(content))
	}
	h.crc(call, info.CRC64, content)
}

// crc checks a checksum, if there is one, against the standard library.
func (h *harness) crc(call, got string, content []byte) {
	h.t.Helper()
	want := strconv.FormatUint(crc64.Checksum(content, crc64.MakeTable(crc64.ECMA)), 10)
	if got != "" && got != want {
		h.t.Errorf("%s: CRC64 %q, want %q", call, got, want)
	}
}

func (h *harness) ok(what string, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
}

func (h *harness) is(what string, err, class error) {
	h.t.Helper()
	if !errors.Is(err, class) {
		h.t.Errorf("%s: error %v, want the class %v", what, err, class)
	}
}

// partSize is a size that the store takes for a part other than the last.
func (h *harness) partSize() int { return int(max(h.st.Caps().MinPart, 1000)) }

// content returns n bytes that no other seed has.
func content(seed uint64, n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(n), byte(n >> 8)})
	_, _ = r.Read(b)
	return b
}

func brief(b []byte) string {
	if len(b) > 40 {
		return strconv.Quote(string(b[:40])) + "… (" + strconv.Itoa(len(b)) + " bytes)"
	}
	return strconv.Quote(string(b))
}
