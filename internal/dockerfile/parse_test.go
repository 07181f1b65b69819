package dockerfile

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// show puts an instruction on one line.
func show(in *Instruction) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d-%d %s", in.Line, in.End, in.Name)
	for _, f := range in.Flags {
		fmt.Fprintf(&b, " --%s=%s", f.Name, f.Value)
	}
	if in.JSON {
		b.WriteString(" json")
	}
	for _, a := range in.Args {
		fmt.Fprintf(&b, " %q", a)
	}
	for _, p := range in.Pairs {
		fmt.Fprintf(&b, " %d:%s=%q", p.Line, p.Key, p.Value)
		if !p.Set {
			b.WriteString("?")
		}
	}
	for _, d := range in.Docs {
		fmt.Fprintf(&b, " %d<<%s %q", d.Line, d.Name, d.Body)
	}
	if in.On != nil {
		b.WriteString(" [" + show(in.On) + "]")
	}
	return b.String()
}

func shown(f *File) []string {
	var out []string
	for i := range f.Instructions {
		out = append(out, show(&f.Instructions[i]))
	}
	return out
}

func TestParse(t *testing.T) {
	for name, tc := range map[string]struct {
		src  string
		want []string
	}{
		"words":         {"from a  AS b\nEXPOSE 80\t443\nUSER a b\n", []string{`1-1 FROM "a" "AS" "b"`, `2-2 EXPOSE "80" "443"`, `3-3 USER "a b"`}},
		"continued":     {"RUN a \\\n  b\\\nc \\ \n\n# d\n  e\nCMD x", []string{`1-6 RUN "a   bc   e"`, `7-7 CMD "x"`}},
		"escaped":       {"RUN a \\\\\nRUN b", []string{`1-1 RUN "a \\\\"`, `2-2 RUN "b"`}},
		"at the end":    {"RUN a \\", []string{`1-1 RUN "a"`}},
		"alone":         {"\\\n# c\nRUN a", []string{`1-3 RUN "a"`}},
		"escape":        {"# escape=`\nRUN a `\n b\\\nCMD c", []string{`2-3 RUN "a  b\\"`, `4-4 CMD "c"`}},
		"not a heading": {"# words\n# escape=`\nRUN a `\n", []string{"3-3 RUN \"a `\""}},
		"JSON":          {"RUN [\"a\", \"b c\"]\nCMD ['a']\nCOPY [\"a\",\"b\"]\nENTRYPOINT []", []string{`1-1 RUN json "a" "b c"`, `2-2 CMD "['a']"`, `3-3 COPY json "a" "b"`, `4-4 ENTRYPOINT json`}},
		"flags":         {"FROM --platform=linux/arm64 a\nRUN --mount=\"type=x,y=z w\" --net -- --no b\nCOPY --from=a --chown=1:1 b c", []string{`1-1 FROM --platform=linux/arm64 "a"`, `2-2 RUN --mount=type=x,y=z w --net= "--no b"`, `3-3 COPY --from=a --chown=1:1 "b" "c"`}},
		"pairs":         {"ENV A=1 \\\n B=\"x y\" C=a\\ b D='$E'\nENV K v  w \"x\"\nARG A B=1 C=\nLABEL \"a b\"=c", []string{`1-2 ENV 1:A="1" 2:B="x y" 2:C="a b" 2:D="$E"`, `3-3 ENV 3:K="v  w x"`, `4-4 ARG 4:A=""? 4:B="1" 4:C=""`, `5-5 LABEL 5:"a b"="c"`}},
		"documents":     {"RUN <<A cat <<-'B'\nx\nA\n\ty $z\n\tB\nCOPY <<f /x\nf\nRUN a<<b\nUSER <<x", []string{`1-5 RUN "<<A cat <<-'B'" 2<<A "x\n" 4<<B "y $z\n"`, `6-7 COPY "<<f" "/x" 7<<f ""`, `8-8 RUN "a<<b"`, `9-9 USER "<<x"`}},
		"onbuild":       {"ONBUILD RUN --x=y <<A\nb\nA\nONBUILD ENV A=1", []string{`1-3 ONBUILD [1-3 RUN --x=y "<<A" 2<<A "b\n"]`, `4-4 ONBUILD [4-4 ENV 4:A="1"]`}},
		"health":        {"HEALTHCHECK --interval=5s CMD [\"a\"]\nHEALTHCHECK NONE", []string{`1-1 HEALTHCHECK --interval=5s json "CMD" "a"`, `2-2 HEALTHCHECK "NONE"`}},
		"Windows":       {"\ufeff# escape=`\r\nRUN a `\r\n  b\r\n", []string{`2-3 RUN "a   b"`}},
	} {
		f, err := Parse([]byte(tc.src))
		if got := shown(f); err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v\ngot  %q\nwant %q", name, err, got, tc.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for src, want := range map[string]string{
		"":                                  "no instruction",
		"# escape=x\nFROM a":                `line 1: the escape character is "x"`,
		"# syntax=a\n# syntax=b\nFROM a":    "line 2: a second directive syntax",
		"FROM a\n\nRUNN x":                  `line 3: unknown instruction "RUNN"; did you mean RUN?`,
		"FROM a\nENV A":                     "line 2: ENV has a name and no value",
		"FROM a\nENV A=1 B":                 "line 2: a word of ENV has no =",
		"FROM a\nCMD [1]":                   "line 2: an element of the JSON form is no string",
		"FROM a\nRUN <<X\ny":                `line 2: the here-document "X" has no end`,
		"ONBUILD ONBUILD RUN x":             "line 1: ONBUILD in ONBUILD",
		"RUN " + strings.Repeat("x", 70000): "line 1: longer than 65535 bytes",
		strings.Repeat("USER a\n", 20001):   "line 20001: more than 20000 instructions",
		strings.Repeat("x", MaxSize+1):      "are more than the 1048576",
	} {
		f, err := Parse([]byte(src))
		if err == nil || f == nil || !strings.HasPrefix(err.Error(), "read Dockerfile: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v", src, err)
			continue
		}
		if zh := msg.In(err, msg.Chinese); !strings.HasPrefix(zh, "读取 Dockerfile：") {
			t.Errorf("%.40q in Chinese: %s", src, zh)
		}
	}
	// What can be read is there all the same.
	f, err := Parse([]byte("ENV A\nBAD\nENV B=1\n"))
	if got := shown(f); err == nil || len(got) != 3 || got[2] != `3-3 ENV 3:B="1"` {
		t.Errorf("%v %q", err, got)
	}
}

func TestDirectivesAndComments(t *testing.T) {
	f, err := Parse([]byte("#syntax = a/b:1 \n# Check=skip=all\n# one\nFROM a\nRUN x \\\n  # two\n y\nRUN <<E\n# none\nE\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []Directive{{"syntax", "a/b:1", 1}, {"check", "skip=all", 2}}; !slices.Equal(f.Directives, want) {
		t.Errorf("%+v", f.Directives)
	}
	if want := []Comment{{"one", 3}, {"two", 6}}; !slices.Equal(f.Comments, want) {
		t.Errorf("%+v", f.Comments)
	}
}

func TestStages(t *testing.T) {
	f, err := Parse([]byte("ARG A=1\nFROM --platform=$P x:$A AS Build\nRUN a\nFROM build\nUSER b\nFROM scratch AS\n"))
	if err != nil {
		t.Fatal(err)
	}
	before, stages := f.Stages()
	if len(before) != 1 || len(stages) != 3 {
		t.Fatalf("%d before, %+v", len(before), stages)
	}
	for i := range stages {
		stages[i].Instructions = nil
	}
	want := []Stage{{Base: "x:$A", Name: "build", Platform: "$P", Line: 2}, {Base: "build", Line: 4}, {Base: "scratch", Line: 6}}
	if !reflect.DeepEqual(stages, want) {
		t.Errorf("%+v", stages)
	}
	f, _ = Parse([]byte("ENV A=1\n"))
	if before, stages := f.Stages(); len(before) != 1 || stages != nil {
		t.Errorf("a fragment: %v %v", before, stages)
	}
}

func TestScript(t *testing.T) {
	for src, want := range map[string]string{
		"RUN a && \\\n # c\n b":              "1:a 1:&& 3:b",
		"RUN \\\n a":                         "2:a",
		"RUN <<E\na\nb\nE":                   "2:a 3:b",
		"RUN cat <<E && \\\n c\nx\nE\nRUN y": "1:cat 1:<<E 1:&& 2:c 3:x 4:E",
		"RUN <<E\n#!/bin/sh\na\nE":           "2:#!/bin/sh 3:a",
		"RUN <<E\n#!/usr/bin/python3\na\nE":  "no",
		"RUN [\"a\"]":                        "no",
	} {
		f, err := Parse([]byte(src))
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		got := "no"
		if text, ok := f.Instructions[0].Script(); ok {
			var words []string
			s := text.String()
			for _, w := range words2(s) {
				words = append(words, fmt.Sprintf("%d:%s", text.Line(w.from), s[w.from:w.to]))
			}
			got = strings.Join(words, " ")
			// Whoever counts lines in the spread text comes to the same.
			spread, line := text.Spread(), text.Line(0)
			var counted []string
			for l := range strings.Lines(spread) {
				for w := range strings.FieldsSeq(strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\\")) {
					counted = append(counted, fmt.Sprintf("%d:%s", line, w))
				}
				line++
			}
			if c := strings.Join(counted, " "); c != got {
				t.Errorf("%q: spread %q has %q, want %q", src, spread, c, got)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
	if (Text{}).Line(3) != 0 || (Text{}).Spread() != "" {
		t.Error("the zero Text")
	}
}

func words2(s string) []span { return words(s, '\\') }

// limit is generous, for loaded machines: what grows with the square of the file
// takes minutes.
const limit = 15 * time.Second

// Files made to keep us busy are answered in time.
func TestHostile(t *testing.T) {
	half := MaxSize / 2
	for name, src := range map[string]string{
		"onbuild":        strings.Repeat("ONBUILD \\\n", half/10),
		"documents":      strings.Repeat("RUN <<A <<A <<A\nA\nA\nA\n", half/24),
		"one document":   "RUN \\\n" + strings.Repeat("<<A \\\n", half/6) + "\n" + strings.Repeat("A\n", half/6),
		"braces":         "RUN <<X \\\n" + strings.Repeat("${a:-\\\n", half/8),
		"quotes":         "RUN <<X \\\n" + strings.Repeat("\"${a:-\\\n", half/10),
		"empty lines":    "RUN a \\\n" + strings.Repeat("\n", half),
		"unknown":        strings.Repeat("Z\n", half),
		"pairs":          "ENV \\\n" + strings.Repeat("A=1 \\\n", half/6),
		"escapes":        "ENV A=" + strings.Repeat("\\", 60000),
		"flags":          "RUN " + strings.Repeat("--a ", 16000),
		"nested JSON":    "RUN " + strings.Repeat("[", 60000),
		"no line breaks": strings.Repeat("\r", half),
	} {
		begin := time.Now()
		f, err := Parse([]byte(src))
		if len(f.Instructions) > 0 {
			f.Instructions[0].Script()
		}
		if took := time.Since(begin); took > limit {
			t.Errorf("%s: %s %v", name, took, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.Dockerfile")
	if err != nil || len(files) < 7 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := Parse(src)
		last, total := 0, strings.Count(string(src), "\n")+1
		for i := range file.Instructions {
			in := &file.Instructions[i]
			if in.Line <= last || in.End < in.Line || in.End > total || in.Name == "" && err == nil {
				t.Fatalf("%s after line %d of %d", show(in), last, total)
			}
			last = in.End
			if text, ok := in.Script(); ok {
				for at := range len(text.String()) {
					if l := text.Line(at); l < in.Line || l > in.End {
						t.Fatalf("byte %d of %s is on line %d", at, show(in), l)
					}
				}
				text.Spread()
			}
		}
	})
}
