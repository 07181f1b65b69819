package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

var ops = []store.Op{store.OpPut, store.OpHead, store.OpGet, store.OpList, store.OpDelete, store.OpBegin,
	store.OpResume, store.OpPart, store.OpParts, store.OpCommit, store.OpAbort}

var classes = []error{store.ErrExists, store.ErrNotFound, store.ErrDenied, store.ErrExpired, store.ErrIntegrity,
	store.ErrNoSpace, store.ErrTransient, store.ErrInvalidKey}

func TestFailSpeaksBothLanguages(t *testing.T) {
	cause := errors.New("ENOSPC")
	for _, tc := range []struct {
		err    error
		en, zh string
	}{
		{store.Fail(store.OpPut, "demo/a.txt", store.ErrNoSpace, cause),
			"write demo/a.txt: no space left: ENOSPC", "写入 demo/a.txt：空间不足：ENOSPC"},
		{store.Fail(store.OpList, "", nil, cause), "list store: ENOSPC", "列出存储：ENOSPC"},
		{store.Fail(store.OpCommit, "a", store.ErrExists, nil), "complete upload of a: object exists", "完成上传 a：对象已存在"},
		{store.Fail(store.OpHead, "a\nb", nil, store.ErrInvalidKey), `look up "a\nb": invalid key`, `查询 "a\nb"：无效的键`},
	} {
		if got := msg.In(tc.err, msg.English); got != tc.en {
			t.Errorf("English %q, want %q", got, tc.en)
		}
		if got := msg.In(tc.err, msg.Chinese); got != tc.zh {
			t.Errorf("Chinese %q, want %q", got, tc.zh)
		}
	}
	for _, op := range ops {
		if x := op.Text(); x.ZH == "" || x.ZH == x.EN {
			t.Errorf("%s has no Chinese verb", op)
		}
	}
}

func TestClasses(t *testing.T) {
	for _, class := range classes {
		deep := msg.Errorf("x: %w", "x：%w", store.Fail(store.OpPut, "k", class, context.Canceled))
		for _, other := range classes {
			if got := errors.Is(deep, other); got != (class == other) {
				t.Errorf("%v is %v: %v", class, other, got)
			}
		}
		if store.ClassOf(deep) != class || !errors.Is(deep, context.Canceled) {
			t.Errorf("class or cause of %v is lost", deep)
		}
		if msg.In(class, msg.Chinese) == msg.In(class, msg.English) {
			t.Errorf("%v has no Chinese", class)
		}
	}
	if store.ClassOf(errors.New("x")) != nil || store.ClassOf(nil) != nil {
		t.Error("a class where there is none")
	}
}

func TestFailHints(t *testing.T) {
	if h := msg.Hint(store.Fail(store.OpPut, "k", store.ErrDenied, nil)); h.EN == "" || h.ZH == "" {
		t.Errorf("no remedy for ErrDenied: %+v", h)
	}
	if h := msg.Hint(store.Fail(store.OpPut, "k", nil, store.ErrNoSpace)); h.IsZero() {
		t.Error("no remedy for a class in the cause")
	}
	own := msg.Errorf("%w", "%w", store.ErrDenied).WithHint("ask Li", "请找小李")
	if h := msg.Hint(store.Fail(store.OpPut, "k", nil, own)); h.EN != "ask Li" {
		t.Errorf("the cause's own remedy is replaced by %q", h.EN)
	}
}

func TestValidKey(t *testing.T) {
	for _, key := range []string{"a", "a/b", "demo/v1.0.0/demo_1.0.0_linux_amd64.tar.gz", "..a", "a..", "...", ".well-known/x",
		"产品/说明.txt", "a b", "a+b@c~d!e", strings.Repeat("k", 1023)} {
		if err := store.ValidKey(key); err != nil {
			t.Error(err)
		}
	}
	for _, key := range []string{"", ".", "..", "/", "/a", "a/", "a//b", "./a", "a/.", "../a", "a/../b", `a\b`, "a\tb", "a\x00",
		"\x7f", "\xff", strings.Repeat("k", 1024)} {
		err := store.ValidKey(key)
		if !errors.Is(err, store.ErrInvalidKey) || msg.Hint(err).IsZero() {
			t.Errorf("%q: %v", key, err)
		}
	}
}
