package vcs

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/proxy"
)

// contents are what line ends and $Id$ can look like.
var contents = map[string]string{
	"lf": "a\nb\n", "crlf": "a\r\nb\r\n", "mixed": "a\nb\r\nc\n", "cr": "a\rb\nc\n", "binary": "a\x00b\nc\n", "ends-cr": "a\nb\r", "none": "abc",
	"control": strings.Repeat("\x01\x02text\n", 40), "bell": strings.Repeat("plain text of some length here\n", 40) + "\x07\n", "dos-eof": "a\nb\n\x1a",
	"high": "\xff\xfe\n\xe4\n", "id": "// $Id$\n", "id2": "// $Id: 0123456789012345678901234567890123456789 $ x $Id$\n", "id3": "$Id: f.c,v 1.2 2026 dev $\n$Id:$\n$Id: $\n",
	"id4": "$Id: unfinished\n$ $Id", "id5": "$$Id$$Id:a b$\n", "id6": "$Id: x\n$Id$\n", "lone": "\n", "escapes": "\x1b[1m\b\t\f\n",
}

const attrFile = `# comment
*.crlf text eol=crlf
*.auto text=auto eol=crlf
*.autolf text=auto
*.lf text eol=lf
*.bin binary eol=crlf
*.un -text eol=crlf
*.eol eol=crlf
*.old crlf=input
*.older -crlf eol=crlf
*.oldest crlf eol=crlf
*.id ident
*.both ident text eol=crlf
*.no !text !eol
[attr]winfile text eol=crlf
[attr]outer winfile ident
*.mac winfile
*.mac2 outer
*.unmac outer -winfile
"with space.*" eol=crlf
!*.lf eol=crlf
bad!name eol=crlf
*.utf8 working-tree-encoding=UTF-8
*.nofilter filter=nosuch
`

// TestConversionAgainstGo makes the go command, by way of git archive, and us take
// each content with each handling, and with nested files that change it.
func TestConversionAgainstGo(t *testing.T) {
	w := newWork(t)
	module := base + "convert.git"
	files := map[string]string{"go.mod": mod(module), ".gitattributes": attrFile,
		"nested/.gitattributes":      "*.crlf -text\n*.lf text eol=crlf\n/here.* eol=crlf\nsub/* eol=crlf\nany/** text eol=crlf\n[attr]winfile -text\n",
		"nested/deep/.gitattributes": "*.crlf eol=lf\r\n*.id -ident\r\n\"q\\\"uoted\" eol=crlf\n",
		"nested/mod/go.mod":          mod(module + "/nested/mod"),
	}
	for name, body := range contents {
		for _, ext := range []string{"crlf", "auto", "autolf", "lf", "bin", "un", "eol", "old", "older", "oldest", "id", "both", "no", "mac", "mac2", "unmac", "utf8", "nofilter"} {
			files[name+"."+ext] = body
		}
		for _, at := range []string{"nested/", "nested/deep/", "nested/mod/"} {
			files[at+name+".crlf"], files[at+name+".lf"], files[at+name+".id"], files[at+name+".mac"] = body, body, body, body
		}
	}
	for _, name := range []string{"with space.txt", "nested/here.txt", "nested/x/here.txt", "nested/sub/a", "nested/sub/b/c", "nested/any/a/b/c", "nested/any/d", "nested/deep/quoted"} {
		files[name] = "a\nb\n"
	}
	w.put(files).commit("v1.0.0", "nested/mod/v1.0.0")
	s := newGitServer(t, false)
	w.publish(s.root, "team/convert")
	g := s.open(t)
	compare(t, oracle{t, s.root}, g, module, "v1.0.0")
	compare(t, oracle{t, s.root}, g, module+"/nested/mod", "v1.0.0")
}

func TestWhatIsRefused(t *testing.T) {
	w := newWork(t)
	m := "git.example.test/team/refused"
	w.put(map[string]string{"go.mod": mod(m), ".gitattributes": "*.bin filter=lfs\n*.utf16 text working-tree-encoding=UTF-16\n", "notes.bin": "no pointer\n", "e.utf16": ""}).commit("v1.0.0")
	w.put(map[string]string{"sub/go.mod": mod(m + "/sub"), "sub/big.bin": pointer}).commit("v1.1.0", "sub/v1.1.0")
	w.put(map[string]string{"a.utf16": "text\n", "sub": ""}).commit("v1.2.0")
	s := newGitServer(t, false)
	w.publish(s.root, "team/refused")
	for _, test := range []struct {
		lfs             LFS
		module, version string
		class           error
	}{
		{"", m, "v1.0.0", nil}, {"", m, "v1.1.0", nil}, // the pointer belongs to another module
		{"", m + "/sub", "v1.1.0", proxy.ErrBlocked}, {LFSRefuse, m + "/sub", "v1.1.0", proxy.ErrBlocked}, {LFSPointer, m + "/sub", "v1.1.0", nil},
		{"", m, "v1.2.0", proxy.ErrBlocked}, {LFSPointer, m, "v1.2.0", proxy.ErrBlocked},
	} {
		g := s.open(t, func(o *Options) { o.Repos[0].LFS = test.lfs })
		_, err := body(t, g, proxy.File{Kind: proxy.Zip, Module: test.module, Version: test.version})
		if test.class == nil && err != nil {
			t.Errorf("%s %s: %v", test.module, test.version, err)
		}
		if test.class != nil {
			told(t, err, test.class)
		}
		if _, err := body(t, g, proxy.File{Kind: proxy.Mod, Module: test.module, Version: test.version}); err != nil {
			t.Errorf("the go.mod of %s %s: %v", test.module, test.version, err)
		}
	}
}

// attrPairs are patterns and names to match.
var attrPairs = []struct{ pattern, name string }{
	{"*.c", "a.c"}, {"*.c", "x/a.c"}, {"/*.c", "x/a.c"}, {"/*.c", "a.c"}, {"x/*.c", "x/a.c"}, {"x/*.c", "x/y/a.c"}, {"x/**/a.c", "x/a.c"}, {"x/**/a.c", "x/y/z/a.c"},
	{"**/a.c", "a.c"}, {"**/a.c", "x/y/a.c"}, {"x/**", "x/a.c"}, {"x/**", "x"}, {"x/**", "x/y/z"}, {"**/a/b", "a/a/b"}, {"**", "x/y"}, {"**/", "x/y"}, {"x/", "x"}, {"x", "x"}, {"x", "x/y"},
	{"a**b", "axxb"}, {"x/a**b", "x/ac/cb"}, {"[abc].c", "b.c"}, {"[!abc].c", "b.c"}, {"[^abc].c", "d.c"}, {"[a-c]x", "bx"}, {"[]]x", "]x"}, {"[!]]x", "ax"},
	{"[[:upper:]]", "A"}, {"[[:upper:]]", "a"}, {"[[:digit:]x]*", "7z"}, {"[[:nosuch:]]", "a"}, {"[a", "[a"}, {`\*.c`, "*.c"}, {`\*.c`, "a.c"}, {`a\`, `a\`}, {"?.c", "ab.c"}, {"?.c", "a.c"},
	{"x?y", "x/y"}, {"x[/]y", "x/y"}, {"x/?", "x/y"}, {"x/?", "x/"}, {"*", "x/y"}, {"*/y", "x/y"}, {"*/y", "w/x/y"}, {"a*b*c*d", "axbxcxd"}, {"A.c", "a.c"}, {"[a-]x", "-x"}, {"[-a]x", "-x"},
	{`[\]]x`, "]x"}, {`[a\-c]x`, "bx"}, {"**/x/**", "x/y"}, {"**/x/**", "a/x/b/c"}, {"***", "a/b"}, {"x/***/y", "x/a/b/y"}, {"", "x"}, {"中*", "中文"}, {"?", "中"},
	{"*[!a-z]", "ab"}, {"[", "["}, {"[z-a]", "m"}, {"[a-", "a"}, {"[[:alpha:]-z]", "-"}, {"x//y", "x/y"}, {"/", "x"}, {"//x", "x"}, {"./x", "x"}, {"x/*", "x/.hidden"}, {`x\/y`, "x/y"}, {`**\/y`, "x/y"},
}

func TestWildmatchAgainstGit(t *testing.T) {
	w := newWork(t)
	for _, p := range attrPairs {
		if ours, gits := ourMatch(p.pattern, p.name), gitMatch(t, w, p.pattern, p.name); ours != gits {
			t.Errorf("%q against %q: we %v, git %v", p.pattern, p.name, ours, gits)
		}
	}
}

func ourMatch(pattern, name string) bool {
	return attributes(nil).with("", []byte(pattern+" text\n")).of(name).text == attrTrue
}

func gitMatch(t testing.TB, w *work, pattern, name string) bool {
	t.Helper()
	w.put(map[string]string{".gitattributes": pattern + " text\n"})
	cmd := exec.Command("git", "check-attr", "-z", "text", "--", name)
	cmd.Dir, cmd.Env = w.dir, gitEnv(w.home)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.HasSuffix(string(out), "\x00text\x00set\x00")
}

func FuzzAttributes(f *testing.F) {
	f.Add([]byte(attrFile), "nested/a.crlf")
	for _, p := range attrPairs {
		f.Add([]byte(p.pattern+" text\n"), p.name)
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		if len(data) > 4096 || len(name) > 256 {
			return
		}
		h := attributes(nil).with("", data).with("nested", data).of(name)
		_ = h.plain()
	})
}

func FuzzConvert(f *testing.F) {
	for _, body := range contents {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		open := func() (io.ReadCloser, error) { return nopClose(data), nil }
		for _, h := range []handling{{eol: "crlf"}, {text: "auto", eol: "crlf"}, {ident: attrTrue}, {ident: attrTrue, eol: "crlf"}} {
			convert, added, err := h.conversion([20]byte{1}, int64(len(data)), open, LFSPointer)
			if err != nil {
				t.Fatal(err)
			}
			if convert == nil {
				continue
			}
			rc, err := convert()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(rc)
			if err != nil || int64(len(got)) != int64(len(data))+added {
				t.Fatalf("%d bytes, said %d (%v)", len(got), int64(len(data))+added, err)
			}
			if h.ident == "" && !bytes.Equal(bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")), bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))) {
				t.Fatalf("%q became %q", data, got)
			}
		}
	})
}
