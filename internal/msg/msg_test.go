package msg

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestErrorSpeaksBothLanguages(t *testing.T) {
	inner := Errorf("open %s: %w", "打开 %s：%w", "a.txt", fs.ErrNotExist).WithHint("create it", "请创建它")
	outer := Errorf("plan %s: %w", "规划 %s：%w", "demo", inner)
	if got, want := outer.Error(), "plan demo: open a.txt: file does not exist"; got != want {
		t.Errorf("English: %q, want %q", got, want)
	}
	if got, want := In(outer, Chinese), "规划 demo：打开 a.txt：file does not exist"; got != want {
		t.Errorf("Chinese: %q, want %q", got, want)
	}
	if !errors.Is(outer, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if got := Hint(outer).ZH; got != "请创建它" {
		t.Errorf("hint %q", got)
	}
	foreign := fmt.Errorf("stage: %w", inner)
	if got, want := In(foreign, Chinese), "stage: 打开 a.txt：file does not exist"; got != want {
		t.Errorf("foreign wrapper: %q, want %q", got, want)
	}
}

func TestKindTravelsUpwards(t *testing.T) {
	base := Errorf("x", "x").WithKind(Findings)
	for _, err := range []error{base, fmt.Errorf("a: %w", base), Errorf("b: %w", "b：%w", base), Join(base, errors.New("y"))} {
		if got := KindOf(err); got != Findings {
			t.Errorf("%v: kind %d, want %d", err, got, Findings)
		}
	}
	if got := KindOf(errors.New("plain")); got != Failed {
		t.Errorf("a foreign error has kind %d", got)
	}
}

func TestJoin(t *testing.T) {
	if err := Join(nil, nil); err != nil {
		t.Errorf("Join of nothing is %v", err)
	}
	a, b := Errorf("a", "甲"), Errorf("b", "乙")
	if got := In(Join(a, nil, b), Chinese); got != "甲\n乙" {
		t.Errorf("joined: %q", got)
	}
}

func TestChoose(t *testing.T) {
	for _, tc := range []struct {
		flag string
		env  map[string]string
		want Lang
		fail bool
	}{
		{"", nil, English, false},
		{"zh", map[string]string{"YINGZAO_LANG": "en"}, Chinese, false},
		{"", map[string]string{"YINGZAO_LANG": "zh", "LC_ALL": "C"}, Chinese, false},
		{"", map[string]string{"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, English, false},
		{"", map[string]string{"LANG": "zh_CN.UTF-8"}, Chinese, false},
		{"", map[string]string{"LANG": "fr_FR"}, English, false},
		{"fr", nil, English, true},
		{"", map[string]string{"YINGZAO_LANG": "klingon"}, English, true},
	} {
		got, err := Choose(tc.flag, func(k string) string { return tc.env[k] })
		if got != tc.want || (err != nil) != tc.fail {
			t.Errorf("Choose(%q, %v) = %q, %v", tc.flag, tc.env, got, err)
		}
	}
}
