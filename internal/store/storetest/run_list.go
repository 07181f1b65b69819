package storetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/store"
)

var listCases = []testCase{
	{name: "list in key order", run: func(h *harness) {
		// "-" and "." sort before "/", "0" and letters after it.
		keys := []string{"a-b", "a.b", "a/b", "a/b-c", "a/c/d", "a0", "b!c/x", "b/x", "v1.0.0/z", "v1.0.0-rc/z", "Z", "中/文"}
		for _, key := range keys {
			h.put(key, []byte(key))
		}
		slices.Sort(keys)
		h.wantKeys("", keys...)
	}},
	{name: "list prefix", run: func(h *harness) {
		for _, key := range []string{"demo/v1/a", "demo/v1/b", "demo/v10/a", "demo/v2", "demonstration", "other/demo/v1/a"} {
			h.put(key, nil)
		}
		h.wantKeys("demo", "demo/v1/a", "demo/v1/b", "demo/v10/a", "demo/v2", "demonstration")
		h.wantKeys("demo/", "demo/v1/a", "demo/v1/b", "demo/v10/a", "demo/v2")
		h.wantKeys("demo/v1", "demo/v1/a", "demo/v1/b", "demo/v10/a")
		h.wantKeys("demo/v1/", "demo/v1/a", "demo/v1/b")
		h.wantKeys("demo/v1/a", "demo/v1/a")
		for _, none := range []string{"demo/v1/a/", "x", "/", "/demo", "demo//", "../", "demo/../demo"} {
			h.wantKeys(none)
		}
	}},
	{name: "list describes objects", run: func(h *harness) {
		h.put("a/1", []byte("one"))
		h.put("b", nil)
		h.ok("List", h.st.List(h.ctx, "", func(i store.Info) error {
			want := map[string]string{"a/1": "one", "b": ""}[i.Key]
			h.describes("List", i, i.Key, []byte(want))
			if i.Modified.IsZero() {
				h.t.Errorf("%s has no modification time", i.Key)
			}
			return nil
		}))
	}},
	{name: "list an empty store", run: func(h *harness) {
		h.wantKeys("")
		h.wantKeys("a/")
	}},
	{name: "list stops when fn fails", run: func(h *harness) {
		for i := range 5 {
			h.put(fmt.Sprint("k", i), nil)
		}
		stop, seen := errors.New("enough"), 0
		err := h.st.List(h.ctx, "", func(store.Info) error {
			seen++
			if seen == 3 {
				return stop
			}
			return nil
		})
		if err != stop || seen != 3 {
			h.t.Errorf("error %v after %d objects, want the callback's own after 3", err, seen)
		}
	}},
	{name: "list many", run: func(h *harness) {
		var want []string
		for i := range 50 {
			key := fmt.Sprintf("many/%02d/%03d", i%7, i)
			h.put(key, nil)
			want = append(want, key)
		}
		slices.Sort(want)
		h.wantKeys("many/", want...)
	}},
}
