package preflight

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// refresh makes git forget nothing but the times, so that content decides.
func (s *sandbox) touchAll() {
	s.t.Helper()
	later := time.Now().Add(time.Hour)
	err := filepath.WalkDir(s.dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" && d.IsDir() {
			return filepath.SkipDir
		}
		if err == nil && d.Type().IsRegular() {
			err = os.Chtimes(p, later, later)
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestConversionsAgreeWithGit: line endings, ident and binary files, under each
// setting, with the times changed so that the bytes have to be compared.
func TestConversionsAgreeWithGit(t *testing.T) {
	contents := map[string]string{
		"lf.txt": "a\nb\n", "crlf.txt": "a\r\nb\r\n", "mixed.txt": "a\r\nb\n", "lonecr.txt": "a\rb\r\n", "nul.bin": "a\x00\r\nb\r\n",
		"odd.bin": strings.Repeat("\x01\r\n", 9), "eof.txt": "a\r\n\x1a", "empty": "", "id.go": "// $Id: x $\r\n// $Id$\n", "sub/crlf.txt": "x\r\n", "sub/a b.txt": "x\r\n",
	}
	attributes := []string{
		"", "* text=auto\n", "* text\n", "*.txt text eol=crlf\n", "* -text\n", "*.txt eol=lf\n", "*.go ident\n", "* text=auto\n*.txt binary\n",
		"[attr]mine text=auto ident\n* mine\n/sub/* -text\n", "*.txt crlf\n", "sub/a[[:space:]]b.txt text\n", "\"sub/a b.txt\" text\n", "*.txt text !text\n", "*.txt text\nlf.txt -text\n", "sub/** text\n", "*.bin text\n",
	}
	for _, autocrlf := range []string{"false", "true", "input"} {
		for i, attr := range attributes {
			if autocrlf == "input" && i%4 != 0 {
				continue // like true but for writing files, which we never do
			}
			s := repository(t)
			// stored as they are, so that the settings that follow have something to disagree with
			for name, c := range contents {
				s.write(name, c)
			}
			s.commit("raw")
			s.git("config", "core.autocrlf", autocrlf)
			if attr != "" {
				s.write(".gitattributes", attr)
			}
			s.touchAll()
			state := fmt.Sprintf("autocrlf=%s attributes %d %q", autocrlf, i, attr)
			s.agree(s.dir, state)
			s.write("sub/lf.txt", "x\ny\n")
			s.write("lf.txt", "a\r\nb\r\n")
			s.write("mixed.txt", "a\nbb\r\n")
			s.agree(s.dir, state+", rewritten")
			s.git("add", "-A")
			s.touchAll()
			s.agree(s.dir, state+", added")
			s.git("add", "--renormalize", ".")
			s.touchAll()
			s.agree(s.dir, state+", renormalised")
		}
	}
}

func TestModesAndLinksAgreeWithGit(t *testing.T) {
	s := repository(t)
	s.write("run.sh", "x\n")
	s.write("link-target", "y\n")
	_ = os.Symlink("link-target", filepath.Join(s.dir, "link"))
	s.commit("c")
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"executable", func() { _ = os.Chmod(filepath.Join(s.dir, "run.sh"), 0o755) }},
		{"fileMode=false", func() { s.git("config", "core.fileMode", "false") }},
		{"link elsewhere", func() {
			os.Remove(filepath.Join(s.dir, "link"))
			_ = os.Symlink("other", filepath.Join(s.dir, "link"))
		}},
		{"file for link", func() { os.Remove(filepath.Join(s.dir, "link")); s.write("link", "link-target") }},
		{"symlinks=false", func() { s.git("config", "core.symlinks", "false") }},
		{"folder for file", func() { os.Remove(filepath.Join(s.dir, "run.sh")); s.write("run.sh/x", "1") }},
		{"nothing in it", func() { os.Remove(filepath.Join(s.dir, "run.sh", "x")) }},
		{"repository inside", func() { s.gitIn(s.home, "init", "-q", filepath.Join(s.dir, "nested")) }},
		{"linked folder hides a file", func() {
			s.write("real/f", "1\n")
			s.git("add", "real")
			_ = os.Rename(filepath.Join(s.dir, "real"), filepath.Join(s.dir, "moved"))
			_ = os.Symlink("moved", filepath.Join(s.dir, "real"))
		}},
		{"folder without permission", func() {
			s.write("locked/x", "1")
			_ = os.Chmod(filepath.Join(s.dir, "locked"), 0)
			t.Cleanup(func() { _ = os.Chmod(filepath.Join(s.dir, "locked"), 0o755) })
		}},
	} {
		step.do()
		s.agree(s.dir, step.name)
	}
}

func TestIgnoreSourcesAgreeWithGit(t *testing.T) {
	s := repository(t)
	s.write("kept/.gitignore", "*\n!.gitignore\n!keep\n")
	s.write("kept/keep", "1")
	s.commit("c")
	for _, f := range []string{"a.tmp", "b.swp", "c.mine", "kept/drop", "kept/deep/keep", "d/e/f.tmp", "g h.tmp"} {
		s.write(f, "1")
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"nothing", func() {}},
		{"~/.config/git/ignore", func() { s.homeFile(".config/git/ignore", "*.swp\n") }},
		{"excludesFile with ~", func() { s.homeFile("my-ignore", "*.tmp\r\n"); s.git("config", "core.excludesFile", "~/my-ignore") }},
		{"info/exclude", func() { s.write(".git/info/exclude", "c.*\n") }},
		{"nearer wins", func() { s.write(".gitignore", "!*.tmp\n") }},
		{"include", func() {
			s.git("config", "--unset", "core.excludesFile")
			s.homeFile("more", "[core]\n\texcludesFile = ~/other\n")
			s.homeFile("other", "/d/\n")
			s.git("config", "--global", "include.path", "more")
		}},
		{"XDG_CONFIG_HOME", func() {
			s.git("config", "--global", "--unset", "include.path")
			s.env["XDG_CONFIG_HOME"] = filepath.Join(s.home, "xdg")
			s.homeFile("xdg/git/ignore", "\xef\xbb\xbfa.tmp\n")
		}},
		{"ignored folder with tracked file", func() { s.write("d/e/t", "1"); s.git("add", "-f", "d/e/t"); s.write(".gitignore", "/d/\n") }},
		{"a symbolic link for .gitignore", func() {
			os.Remove(filepath.Join(s.dir, ".gitignore"))
			s.homeFile("linked", "*\n")
			_ = os.Symlink(filepath.Join(s.home, "linked"), filepath.Join(s.dir, ".gitignore"))
		}},
	} {
		step.do()
		s.agree(s.dir, step.name)
	}
}

// TestRacyWrite: a change within the clock tick of the index, of the same size,
// must be seen.
func TestRacyWrite(t *testing.T) {
	for i := range 10 {
		s := repository(t)
		s.write("f", "aaaa\n")
		s.git("add", "f")
		s.git("commit", "-q", "-m", "c")
		s.write("f", fmt.Sprintf("%04d\n", i))
		if g := s.read(); !g.Dirty {
			t.Fatalf("round %d: a write right after the commit is not seen", i)
		}
	}
}

func TestConflictAgreesWithGit(t *testing.T) {
	s := repository(t)
	s.write("f", "base\n")
	s.commit("base")
	s.git("checkout", "-q", "-b", "side")
	s.write("f", "side\n")
	s.commit("side")
	s.git("checkout", "-q", "main")
	s.write("f", "main\n")
	s.commit("main")
	if _, err := s.tryIn(s.dir, "merge", "side"); err == nil {
		t.Fatal("no conflict")
	}
	s.agree(s.dir, "conflict")
}

// TestLFSPointers: the working tree has the content, git the pointer.
func TestLFSPointers(t *testing.T) {
	s := repository(t)
	content := strings.Repeat("big", 1000)
	s.write("p", "version https://git-lfs.github.com/spec/v1\noid sha256:4a7bcdba36a65d17c7d9f8b1b7aa7fe1d5d4b1a8a7b8d7d3d8a3b3d3a6a2b1c0\nsize 3000\n")
	s.write(".gitattributes", "*.psd filter=lfs diff=lfs merge=lfs -text\n")
	s.write("a.psd", fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", sum256(content), len(content)))
	s.commit("c")
	s.write("a.psd", content)
	s.touchAll()
	r, err := openAt(s.dir, s.getenv)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	st := &status{ctx: t.Context(), repo: r, attrs: newAttributes(r), entries: map[string]*entry{}, folders: map[string]bool{}, changed: map[string]bool{}}
	if _, err := st.readIndex(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{content: true, content + "!": false} {
		s.write("a.psd", text)
		fi, err := os.Lstat(filepath.Join(s.dir, "a.psd"))
		if err != nil {
			t.Fatal(err)
		}
		if same, err := st.sameContent(st.entries["a.psd"], fi); err != nil || same != want {
			t.Errorf("%d bytes: same %v, %v; want %v", len(text), same, err, want)
		}
	}
}

func TestUnknownFilterIsOnTheSafeSide(t *testing.T) {
	s := repository(t)
	s.write(".gitattributes", "*.enc filter=crypt\n")
	s.write("a.enc", "plain\n")
	s.commit("c")
	s.touchAll()
	if g := s.read(); g.Dirty {
		t.Errorf("without a driver the bytes are the stored ones: %q", g.Changed)
	}
	s.git("config", "filter.crypt.clean", "tr a-z b-za")
	s.write("a.enc", "other\n")
	if g := s.read(); !g.Dirty {
		t.Error("a changed file under an unknown filter counts as clean")
	}
}

func TestIndexWithoutChecksum(t *testing.T) {
	s := repository(t)
	s.write("a", "1")
	s.commit("c")
	file := filepath.Join(s.dir, ".git", "index")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[len(b)-20:]) // what index.skipHash=true writes
	writeFile(t, file, string(b))
	if g := s.read(); g.Dirty {
		t.Errorf("changed: %q", g.Changed)
	}
	writeFile(t, file, string(b[:len(b)/2]))
	if _, err := ReadGit(t.Context(), s.dir, GitOptions{Getenv: s.getenv}); err == nil || !strings.Contains(err.Error(), "read index") {
		t.Errorf("half an index: %v", err)
	}
}

func FuzzDecodeIndex(f *testing.F) {
	s := repository(f)
	for _, v := range []string{"2", "3", "4"} {
		s.write("a/b"+v, v)
		s.write("a/long-"+strings.Repeat("x", 200)+v, v)
		s.git("add", "-A")
		s.git("update-index", "--index-version", v, "--assume-unchanged", "a/b"+v)
		b, err := os.ReadFile(filepath.Join(s.dir, ".git", "index"))
		if err != nil {
			f.Fatal(err)
		}
		idx, assumed, err := decodeIndex(b)
		if err != nil {
			f.Fatal(err)
		}
		for i, e := range idx.Entries {
			if want := strings.HasPrefix(e.Name, "a/b") && e.Name <= "a/b"+v; assumed[i] != want {
				f.Errorf("version %s, %s: assume-unchanged %v", v, e.Name, assumed[i])
			}
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if idx, assumed, err := decodeIndex(b); err == nil && len(assumed) != len(idx.Entries) {
			t.Errorf("%d flags for %d entries", len(assumed), len(idx.Entries))
		}
	})
}

func FuzzIgnore(f *testing.F) {
	for _, p := range []string{"*.o\n!a.o\n", "a/**/b\n", "[[:alpha:]-]\\ \n", "\xef\xbb\xbf/x/\r\n", "[]-a]*?{}\\", "文/**"} {
		f.Add(p, "a/b.o")
	}
	f.Fuzz(func(t *testing.T, file, path string) {
		stack := []*globs{{parseIgnore([]byte(file), "")}}
		if matches(stack, path, false) && !matches([]*globs{{parseIgnore([]byte(file+"\n!**\n"), "")}}, path, false) {
			return
		} else if matches([]*globs{{parseIgnore([]byte(file+"\n!**\n"), "")}}, path, false) {
			t.Errorf("%q: %q stays ignored after !**", file, path)
		}
	})
}

// BenchmarkStatus is the working tree of 5,000 files: with the index's times,
// and with every time changed.
func BenchmarkStatus(b *testing.B) {
	s := repository(b)
	for i := range 5000 {
		s.write(fmt.Sprintf("d%02d/e%d/f%04d.go", i%50, i%7, i), strings.Repeat(fmt.Sprintf("line %d\n", i), 100))
	}
	s.commit("c")
	time.Sleep(50 * time.Millisecond)
	s.write("last", "x")
	s.commit("last")
	run := func(b *testing.B) {
		for b.Loop() {
			if g := s.readAt(s.dir, GitOptions{}); g.Dirty {
				b.Fatalf("%q", g.Changed)
			}
		}
	}
	b.Run("fresh", run)
	s.touchAll()
	b.Run("touched", run)
}
