package preflight

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestStatusAgreesWithGit drives a repository through random operations and
// compares with git after each.
func TestStatusAgreesWithGit(t *testing.T) {
	states := 0
	for seed := range uint64(6) {
		rng := rand.New(rand.NewPCG(seed, 42))
		s := repository(t)
		s.write("go.mod", "module example.cn/x\n")
		s.commit("first")
		log := []string{}
		for range 45 {
			log = append(log, s.randomStep(rng))
			states++
			s.agree(s.dir, fmt.Sprintf("seed %d after %q", seed, log[max(0, len(log)-6):]))
			if t.Failed() {
				return
			}
			if rng.IntN(5) == 0 {
				g := s.read()
				if want := strings.TrimSpace(s.git("describe", "--tags", "--dirty", "--always")); g.Summary != want {
					t.Fatalf("seed %d: describe %q, git %q, after %q\n%s\n%s", seed, g.Summary, want, log, s.git("status", "--porcelain"), s.git("diff-index", "HEAD"))
				}
			}
		}
	}
	if states < 100 {
		t.Errorf("only %d states compared", states)
	}
}

var (
	randomFiles   = []string{"a.txt", "b.go", "sub/a.txt", "sub/deep/b.go", "sub/deep/c.log", "vendor/x/x.go", "build/out.bin", "文档/说明.md", "with space.txt", "-dash", "x/y/z/k"}
	randomIgnores = []string{"*.log\n", "/build/\n", "sub/**\n!sub/deep\n", "build\n!build/out.bin\n", "*.txt\n!a.txt\n", "**/deep/*\n", "x/**/k\n", "\\#c\n\\!d\nwith\\ space.txt\n", "[!a].txt\n", "# only a comment\n\n", "文档/\n", "x/*\n!x/y\n"}
)

func (s *sandbox) randomStep(rng *rand.Rand) string {
	file := randomFiles[rng.IntN(len(randomFiles))]
	full := filepath.Join(s.dir, file)
	clear := func() {
		for p := full; p != s.dir; p = filepath.Dir(p) {
			if fi, err := os.Lstat(p); err == nil && (p == full || !fi.IsDir()) {
				os.RemoveAll(p)
			}
		}
	}
	quiet := func(args ...string) { _, _ = s.tryIn(s.dir, args...) }
	switch op := rng.IntN(20); op {
	case 0, 1, 2, 3:
		clear()
		s.write(file, fmt.Sprintf("line %d\n", rng.IntN(3)))
		return "write " + file
	case 4:
		clear()
		return "remove " + file
	case 5:
		if filepath.Dir(file) != "." {
			_ = os.RemoveAll(filepath.Dir(full))
		}
		return "remove folder of " + file
	case 6, 7:
		quiet("add", "-A", "--", filepath.Dir(file))
		return "add " + filepath.Dir(file)
	case 8:
		quiet("add", "-f", "--", file)
		return "add -f " + file
	case 9:
		s.commit("c")
		return "commit"
	case 10:
		quiet("add", "-N", "--", file)
		return "add -N " + file
	case 11:
		quiet("rm", "-q", "--cached", "--", file)
		return "rm --cached " + file
	case 12:
		dir := []string{"", "sub/", "x/"}[rng.IntN(3)]
		if fi, err := os.Stat(filepath.Join(s.dir, dir)); err == nil && fi.IsDir() {
			p := randomIgnores[rng.IntN(len(randomIgnores))]
			s.write(dir+".gitignore", p)
			return fmt.Sprintf("%s.gitignore %q", dir, p)
		}
		return "nothing"
	case 13:
		if fi, err := os.Stat(full); err == nil && fi.Mode().IsRegular() {
			_ = os.Chmod(full, fi.Mode()^0o111)
		}
		return "chmod " + file
	case 14:
		clear()
		_ = os.MkdirAll(filepath.Dir(full), 0o755)
		_ = os.Symlink([]string{"nowhere", "sub", "go.mod"}[rng.IntN(3)], full)
		return "link " + file
	case 15:
		now := time.Now().Add(time.Duration(rng.IntN(3)-1) * time.Hour)
		_ = os.Chtimes(full, now, now)
		return "touch " + file
	case 16:
		quiet("tag", fmt.Sprintf("v1.0.%d", rng.IntN(50)))
		return "tag"
	case 17:
		quiet("tag", "-a", "-m", "t", fmt.Sprintf("v2.0.%d", rng.IntN(50)))
		return "tag -a"
	case 18:
		quiet("mv", "-k", file, randomFiles[rng.IntN(len(randomFiles))])
		return "mv " + file
	default:
		args := [][]string{
			{"update-index", "--assume-unchanged", file}, {"update-index", "--no-assume-unchanged", file},
			{"update-index", "--skip-worktree", file}, {"update-index", "--no-skip-worktree", file},
			{"checkout", "-q", "--", "."}, {"reset", "-q"}, {"stash", "-q"}, {"update-index", "--index-version", []string{"2", "4"}[rng.IntN(2)]},
			{"gc", "-q"}, {"pack-refs", "--all"},
		}
		a := args[rng.IntN(len(args))]
		quiet(a...)
		return fmt.Sprint(a)
	}
}

// TestIgnoreAgreesWithGit asks git check-ignore about many patterns and paths.
func TestIgnoreAgreesWithGit(t *testing.T) {
	patterns := []string{
		"foo", "foo/", "/foo", "foo/bar", "foo/*", "foo/**", "**/foo", "**/foo/**", "a/**/b", "*.o", "[!a]oo", "[^a]oo", "[]a]x", "[a-c]x", "[[:digit:]]x", "[[:space:]]x",
		"fo?", "f*", "*", "**", "/**", "/*", "\\!x", "\\#x", "x ", "x\\ ", "{a,b}", "a{b", "a**b", "**a", "a/b/", "foo\\", "[", "a[", "*/foo", "foo/*/bar", "/a/**", "**/", "!foo\nfoo\n!foo", "a-[-x]", "[a\\]]x", "文档", "文?",
	}
	paths := []string{
		"foo", "foo/bar", "foo/bar/foo", "a", "a/b", "a/x/b", "a/x/y/b", "x.o", "a/x.o", "boo", "aoo", "]x", "ax", "bx", "5x", " x", "fo", "!x", "#x", "x", "x ", "b", "{a,b}", "a{b", "ab", "axb", "a/foo", "a/foo/b", "foo/a/bar", "a--", "a-x", "文档", "文",
	}
	for _, p := range patterns {
		s := repository(t)
		s.write(".git/info/exclude", p+"\n")
		stack := []*globs{{parseIgnore([]byte(p+"\n"), "")}}
		args := append([]string{"-c", "core.quotePath=false", "check-ignore", "--no-index", "--"}, paths...)
		out, _ := s.tryIn(s.dir, args...) // exit 1 = none
		for _, path := range paths {
			// check-ignore judges the folders above as well
			ours := matches(stack, path, false)
			for d := parent(path); d != "" && !ours; d = parent(d) {
				ours = matches(stack, d, true)
			}
			git := slices.Contains(strings.Split(out, "\n"), path)
			if ours != git {
				t.Errorf("pattern %q, path %q: ours %v, git %v", p, path, ours, git)
			}
		}
	}
}
