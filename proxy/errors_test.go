package proxy

import (
	"errors"
	"io"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestFail(t *testing.T) {
	for _, tt := range []struct {
		class, cause error
		kind         msg.Kind
		en, zh       string
	}{
		{ErrNotFound, nil, msg.Failed, "fetch x: not found", "获取 x：不存在"},
		{ErrBlocked, msg.Errorf("a backdoor", "有后门"), msg.Failed, "fetch x: blocked by rule: a backdoor", "获取 x：被规则禁止：有后门"},
		{ErrContent, io.EOF, msg.Findings, "fetch x: content fails verification: EOF", "获取 x：内容未通过校验：EOF"},
		{ErrUnavailable, io.EOF, msg.Incomplete, "fetch x: not available now: EOF", "获取 x：暂时无法取得：EOF"},
		{ErrUnavailable, msg.Errorf("mirror: %w", "镜像：%w", ErrUnavailable), msg.Incomplete, "fetch x: mirror: not available now", "获取 x：镜像：暂时无法取得"},
	} {
		err := Fail(tt.class, "x", tt.cause)
		if !errors.Is(err, tt.class) || tt.cause != nil && !errors.Is(err, tt.cause) || msg.KindOf(err) != tt.kind {
			t.Errorf("%v: class or cause is lost, or kind %v", err, msg.KindOf(err))
		}
		if err.Error() != tt.en || msg.In(err, msg.Chinese) != tt.zh {
			t.Errorf("%q, %q; want %q, %q", err.Error(), msg.In(err, msg.Chinese), tt.en, tt.zh)
		}
		for _, other := range []error{ErrNotFound, ErrBlocked, ErrContent, ErrUnavailable} {
			if other != tt.class && errors.Is(err, other) {
				t.Errorf("%v is also %v", err, other)
			}
		}
	}
}

// Who passes an error on need not know whether it says already what it is about.
func TestFailTwice(t *testing.T) {
	late := Fail(ErrUnavailable, "x", io.EOF).WithHint("wait", "请稍候")
	for _, tt := range []struct {
		class, cause error
		kind         msg.Kind
		en, zh       string
	}{
		{ErrUnavailable, late, msg.Incomplete, "fetch x: not available now: EOF", "获取 x：暂时无法取得：EOF"},
		{ErrContent, late, msg.Findings, "fetch x: content fails verification: not available now: EOF", "获取 x：内容未通过校验：暂时无法取得：EOF"},
		{ErrContent, Fail(ErrUnavailable, "x", Fail(ErrUnavailable, "x", late)), msg.Findings, "fetch x: content fails verification: not available now: EOF", "获取 x：内容未通过校验：暂时无法取得：EOF"},
		{ErrUnavailable, Fail(ErrUnavailable, "y", late), msg.Incomplete, "fetch x: fetch y: fetch x: not available now: EOF", "获取 x：获取 y：获取 x：暂时无法取得：EOF"},
		{ErrUnavailable, msg.Errorf("mirror: %w", "镜像：%w", late), msg.Incomplete, "fetch x: mirror: fetch x: not available now: EOF", "获取 x：镜像：获取 x：暂时无法取得：EOF"},
	} {
		err := Fail(tt.class, "x", tt.cause)
		if err.Error() != tt.en || msg.In(err, msg.Chinese) != tt.zh {
			t.Errorf("%q, %q; want %q, %q", err.Error(), msg.In(err, msg.Chinese), tt.en, tt.zh)
		}
		if !errors.Is(err, tt.class) || !errors.Is(err, io.EOF) || msg.KindOf(err) != tt.kind || msg.Hint(err).ZH != "请稍候" {
			t.Errorf("%v: class, cause, hint %q or kind %v is lost", err, msg.Hint(err), msg.KindOf(err))
		}
	}
	if err := Fail(ErrNotFound, "x", Fail(ErrNotFound, "x", nil)); err.Error() != "fetch x: not found" {
		t.Error(err)
	}
}
