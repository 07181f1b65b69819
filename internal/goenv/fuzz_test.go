package goenv

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
)

func FuzzFile(f *testing.F) {
	for _, text := range []string{"", "\n", "GOPROXY=a\nGOPROXY=b", "x\r\nA=1\n\n", "\xff\xfeA\x00", bom + "A=1", "A==\nA\n=A\n"} {
		f.Add([]byte(text), "GOPROXY", "off")
		f.Add([]byte(text), "A", "")
	}
	f.Fuzz(func(t *testing.T, data []byte, key, value string) {
		file := ParseFile(data)
		if !bytes.Equal(bytes.TrimSuffix(file.Bytes(), []byte("\n")), bytes.TrimSuffix(data, []byte("\n"))) {
			t.Fatalf("read and written: %q", file.Bytes())
		}
		if notes := file.Notes(); len(notes) > MaxNotes+1 {
			t.Fatal(len(notes))
		}
		if k, _, ok := split(key + "="); !ok || k != key || strings.ContainsAny(key+value, "\n") {
			return // not something that a line can hold
		}
		others := without(file, key)
		file.Set(key, value)
		once := string(file.Bytes())
		if a, ok := file.Get(key); !ok || a.Value != value {
			t.Fatalf("set to %q, is %+v", value, a)
		}
		if got := without(file, key); !slices.Equal(got, others) {
			t.Fatalf("other lines: %q, were %q", got, others)
		}
		if file.Set(key, value); string(file.Bytes()) != once {
			t.Fatalf("set twice: %q, once %q", file.Bytes(), once)
		}
		if again := ParseFile([]byte(once)); !slices.Equal(again.Assignments(), file.Assignments()) {
			t.Fatal("read again, it is another file")
		}
		file.Unset(key)
		if _, ok := file.Get(key); ok || !slices.Equal(file.Lines(), others) {
			t.Fatalf("unset: %q, want %q", file.Lines(), others)
		}
	})
}

// without are the lines that are not of key.
func without(f *File, key string) []string {
	return slices.DeleteFunc(f.Lines(), func(l string) bool { k, _, ok := split(l); return ok && k == key })
}

func FuzzProxies(f *testing.F) {
	for _, v := range []string{"", ",", "https://a.test|https://b.test/,direct", "direct,off", " a b ", "u:p@h.test", "file:///x", "https://[::1", "\x00"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		ps, err := ParseProxies(v)
		var b strings.Builder
		for i, p := range ps {
			b.WriteString(p.Raw)
			if p.Sep != 0 {
				b.WriteByte(p.Sep)
			} else if i != len(ps)-1 {
				t.Fatalf("%q: an entry in the middle ends the list", v)
			}
			if (p.Word == "") == (p.URL == nil && p.Err == nil) {
				t.Fatalf("%q: neither word nor URL nor error, or two of them: %+v", v, p)
			}
		}
		if !strings.Contains(v, ",,") && !strings.HasPrefix(v, ",") && !strings.ContainsAny(v, "| \t\n\r\v\f\u0085\u00a0") && err == nil && b.String() != v && strings.ToValidUTF8(v, "") == v && isASCII(v) {
			t.Fatalf("%q became %q", v, b.String())
		}
		live := ps.Live()
		if len(live) == 0 && v != "" && err != ErrNoProxies {
			t.Fatalf("%q: %v", v, err)
		}
		for i, p := range live {
			if p.Word != "" && i != len(live)-1 {
				t.Fatalf("%q: something lives behind %s", v, p.Word)
			}
		}
	})
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 127 }) }

func FuzzSumDB(f *testing.F) {
	for _, v := range []string{"", "off", PublicSumDB, PublicSumDBAlias, PublicSumDBKey + " https://a.test", "a b c", "x+00000000+AA"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		db, err := ParseSumDB(v)
		if err == nil && !db.Off && (db.Name == "" || db.Key == "") {
			t.Fatalf("%q: %+v", v, db)
		}
		if db.Off != (v == "off") || db.Alias != (v == PublicSumDBAlias) {
			t.Fatalf("%q: %+v", v, db)
		}
	})
}

func FuzzPatterns(f *testing.F) {
	for _, v := range []string{"", ",", "*", "git.corp.test", "*.corp.test/*,[", "a//", " git.corp.test", "/", "[,git.corp.test"} {
		f.Add(v, "git.corp.test/team/repo")
	}
	f.Fuzz(func(t *testing.T, list, path string) {
		any := false
		for _, p := range ParsePatterns(list) {
			if p.Matches(path) {
				any = true
				if p.Broken {
					t.Fatalf("%q matches %q, though it is broken", p.Raw, path)
				}
			}
		}
		if whole := module.MatchPrefixPatterns(list, path); any != whole || MatchPatterns(list, path) != whole {
			t.Fatalf("%q, %q: the list %v, its entries %v", list, path, whole, any)
		}
	})
}

func FuzzFlags(f *testing.F) {
	for _, v := range []string{"", "-mod=mod", "'-ldflags=-s -w'", "\"", "--x -=y ---z", "-a'b c'"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		flags, err := ParseFlags(v)
		check := CheckFlags(v)
		if (err == nil && !slices.ContainsFunc(flags, func(f Flag) bool { return !knownFlag[f.Name] })) != (check == nil) {
			t.Fatalf("%q: %v and %v", v, err, check)
		}
		for _, fl := range flags {
			if fl.Name == "" || !strings.HasPrefix(fl.Raw, "-") || fl.HasEq != strings.Contains(fl.Raw, "=") {
				t.Fatalf("%q: %+v", v, fl)
			}
		}
		FlagTraps(flags)
	})
}

func FuzzToolchain(f *testing.F) {
	for _, v := range []string{"", "auto", "local+path", "go1.26.8-x+auto", "go2", "+"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		tc, err := ParseToolchain(v)
		if err != nil {
			return
		}
		back := tc.Name
		if tc.Mode != "" {
			back += "+" + tc.Mode
		}
		if again, err := ParseToolchain(back); err != nil || again != tc {
			t.Fatalf("%q is %+v, written back %q is %+v, %v", v, tc, back, again, err)
		}
	})
}

func FuzzVCS(f *testing.F) {
	for _, v := range []string{"", "a:git|hg,private:all", ":", "a:b,a:c", "..:git"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		rules, err := ParseVCS(v)
		if err != nil {
			return
		}
		var parts []string
		for _, r := range rules {
			parts = append(parts, r.Pattern+":"+strings.Join(r.Allowed, "|"))
		}
		again, err := ParseVCS(strings.Join(parts, ","))
		if err != nil || !slices.EqualFunc(rules, again, func(a, b VCSRule) bool { return a.Pattern == b.Pattern && slices.Equal(a.Allowed, b.Allowed) }) {
			t.Fatalf("%q: %+v, then %+v, %v", v, rules, again, err)
		}
	})
}

func FuzzAuth(f *testing.F) {
	for _, v := range []string{"", "off", "netrc;git /a", ";", "x 'a b'", "'' b", "\v"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		commands, err := ParseAuth(v)
		if err == nil && len(commands) != strings.Count(v, ";")+1 {
			t.Fatalf("%q: %q", v, commands)
		}
		for _, c := range commands {
			if len(c) == 0 {
				t.Fatalf("%q: %q", v, commands)
			}
		}
	})
}
