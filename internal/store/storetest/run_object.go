package storetest

import (
	"fmt"
	"testing"
	"time"
)

var objectCases = []testCase{
	{name: "put and get", run: func(h *harness) {
		for i, n := range []int{1, 1000, 256<<10 - 1, 256 << 10, 1<<20 + 1} {
			key, body := fmt.Sprintf("demo/v1/%d.bin", i), content(1, n)
			h.put(key, body)
			h.holds(key, body)
		}
	}},
	{name: "put empty object", run: func(h *harness) {
		h.put("empty", nil)
		h.holds("empty", nil)
	}},
	{name: "put replaces", run: func(h *harness) {
		h.put("demo/latest.json", []byte(`{"version":"1.0.0","long":true}`))
		h.put("demo/latest.json", []byte(`{"version":"2"}`))
		h.holds("demo/latest.json", []byte(`{"version":"2"}`))
		h.wantKeys("", "demo/latest.json")
	}},
	{name: "chinese keys", run: func(h *harness) {
		keys := []string{"产品/版本 1.0/安装说明.txt", "产品/版本 1.0/营造+1.0_linux(龙芯).tar.gz"}
		for i, key := range keys {
			h.put(key, content(uint64(i), 10))
		}
		for i, key := range keys {
			h.holds(key, content(uint64(i), 10))
		}
		h.wantKeys("产品/", keys...)
		h.wantKeys("产", keys...)
	}},
	{name: "long and deep keys", run: func(h *harness) {
		for _, key := range []string{string(filled('n', 200)), "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t"} {
			h.put(key, []byte(key))
			h.holds(key, []byte(key))
		}
	}},
	{name: "modified is the time of writing", run: func(h *harness) {
		h.put("a", []byte("x"))
		info, err := h.st.Head(h.ctx, "a")
		h.ok("Head", err)
		// HTTP dates have whole seconds, and clocks of servers differ a little.
		if d := time.Since(info.Modified); d < -time.Minute || d > 10*time.Minute {
			h.t.Errorf("written just now, but modified %v ago (%v)", d, info.Modified)
		}
	}},
	{name: "absent objects", run: func(h *harness) {
		h.hasNot("no/such")
		h.put("present/x", []byte("x"))
		h.hasNot("present")   // the beginning of a key is no object
		h.hasNot("present/y") // nor is its neighbour
	}},
	{name: "delete", run: func(h *harness) {
		for _, key := range []string{"a", "d/1", "d/2", "d/sub/3", "e"} {
			h.put(key, []byte(key))
		}
		h.ok("Delete nothing", h.st.Delete(h.ctx))
		h.ok("Delete", h.st.Delete(h.ctx, "a", "d/1", "absent", "d/sub/3", "no/such/key", "d"))
		h.wantKeys("", "d/2", "e")
		h.hasNot("a")
		h.holds("d/2", []byte("d/2"))
		h.ok("Delete again", h.st.Delete(h.ctx, "a"))
		h.put("d/sub", []byte("a name free again")) // nothing is left of d/sub/3
		h.holds("d/sub", []byte("a name free again"))
	}},
	{name: "delete in an empty store", run: func(h *harness) {
		h.ok("Delete", h.st.Delete(h.ctx, "a", "b/c"))
	}},
	{name: "url names the store", run: func(h *harness) {
		if h.st.URL() == "" {
			h.t.Error("URL is empty")
		}
	}},
}

var rangeCases = []testCase{
	{name: "get ranges", run: func(h *harness) {
		body := content(7, 5000)
		h.put("r", body)
		for _, r := range []struct{ off, n, from, to int64 }{
			{0, -1, 0, 5000}, {0, 5000, 0, 5000}, {0, 1, 0, 1}, {1, -1, 1, 5000}, {4999, 1, 4999, 5000},
			{1234, 567, 1234, 1801}, {4000, 9999, 4000, 5000}, {5000, -1, 5000, 5000}, {5000, 1, 5000, 5000},
			{9999, -1, 5000, 5000}, {9999, 5, 5000, 5000}, {0, 0, 0, 0}, {77, 0, 77, 77}, {100, -5, 100, 5000},
		} {
			h.t.Run(fmt.Sprintf("%d+%d", r.off, r.n), func(t *testing.T) {
				h := &harness{t, h.st, t.Context()}
				got, info := h.read("r", r.off, r.n)
				if string(got) != string(body[r.from:r.to]) {
					t.Errorf("%s, want %s", brief(got), brief(body[r.from:r.to]))
				}
				if info.Key != "r" || info.Size != 5000 {
					t.Errorf("info %+v must describe the whole object", info)
				}
			})
		}
		if r, _, err := h.st.Get(h.ctx, "r", -1, 5); err == nil {
			r.Close()
			h.t.Error("a negative offset was accepted")
		}
	}},
	{name: "get range of empty object", run: func(h *harness) {
		h.put("r", nil)
		for _, r := range [][2]int64{{0, -1}, {0, 10}, {5, -1}} {
			if got, _ := h.read("r", r[0], r[1]); len(got) != 0 {
				h.t.Errorf("range %v: %s", r, brief(got))
			}
		}
	}},
}

func filled(c byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = c
	}
	return b
}
