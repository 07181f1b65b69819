package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestMOD(t *testing.T) { reproduceAll(t, modReproductions()) }

const (
	plainMod  = "module example.com/app\n\ngo 1.21\n"
	plainMain = "package main\n\nfunc main() {}\n"
)

// importing is a program that needs example.com/lib, with more lines in go.mod.
func importing(more string) map[string]string {
	return map[string]string{"go.mod": plainMod + "\nrequire example.com/lib v1.0.0\n" + more, "main.go": "package main\n\nimport _ \"example.com/lib\"\n\nfunc main() {}\n"}
}

// repository makes the project a git repository, as far as the go command looks.
func repository(t *testing.T, w *world) {
	if err := os.MkdirAll(filepath.Join(w.dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// repo records that the project is a repository.
func repo(_ *testing.T, s *envcheck.Snapshot) {
	s.Module.RepoDir, s.Module.RepoUID = s.Dir, s.Machine.UID
}

// members records the go.mod of each member of the workspace, as it lies there.
func members(dirs ...string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Module.Members = nil
		for _, d := range dirs {
			p := filepath.Join(s.Dir, d, "go.mod")
			f := envcheck.TextFile{Path: p}
			if b, err := os.ReadFile(p); err == nil {
				f.Exists, f.Data, f.Size = true, b, int64(len(b))
			}
			s.Module.Members = append(s.Module.Members, f)
		}
	}
}

// atLine checks where a finding points to.
func atLine(line int) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Where.Line != line {
			t.Errorf("the finding points to %s:%d, want line %d", f.Where.File, f.Where.Line, line)
		}
	}
}

func modReproductions() []reproduction {
	list, build := []string{"list", "-m"}, []string{"build", "-o", os.DevNull, "."}
	other := "module example.com/other\n\ngo 1.21\n"
	return append([]reproduction{
		{code: "MOD001", files: importing("replace example.com/lib => ../nowhere\n"), run: build, fails: true, says: "replacement directory ../nowhere does not exist", finding: atLine(6)},
		{code: "MOD001", name: "absolute", files: importing("replace (\n\texample.com/lib => /home/dev/lib\n)\n"), run: build, fails: true, says: "replacement directory /home/dev/lib does not exist", finding: findingSays("absolute")},
		{code: "MOD001", name: "Windows", files: importing("replace example.com/lib => C:\\src\\lib\n"), run: list, fails: true, says: "replacement directory appears to be Windows path", finding: findingSays("Windows")},
		{code: "MOD001", name: "in go.work", files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21\n\nuse .\n\nreplace example.com/lib => /home/dev/lib\n"}, finding: atLine(5)},
		{code: "MOD001", name: "an error on a build machine", profile: "ci", files: importing("replace example.com/lib => ../nowhere\n"), finding: findingWeighs(envcheck.Error)},
		{code: "MOD001", name: "inside", clean: true, files: with(with(importing("replace example.com/lib => ./lib\n"), "lib/go.mod", "module example.com/lib\n"), "lib/lib.go", "package lib\n"), run: build},
		{code: "MOD001", name: "by a version", clean: true, files: importing("replace example.com/lib => example.com/fork v1.2.0\n")},
		{code: "MOD001", name: "up, but in the same repository", clean: true, files: importing("replace example.com/lib => ../lib\n"),
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Module.RepoDir = filepath.Dir(s.Dir) }},

		{code: "MOD002", files: map[string]string{"go.mod": plainMod, "../go.work": "go 1.21\n\nuse ./project\n"}, prepare: repository, change: repo, run: []string{"env", "GOWORK"}, verify: func(t *testing.T, w *world, out string) {
			if strings.TrimSpace(out) != filepath.Join(filepath.Dir(w.dir), "go.work") {
				t.Errorf("GOWORK is %s", out)
			}
		}},
		{code: "MOD002", name: "off", clean: true, environ: map[string]string{"GOWORK": "off"}, files: map[string]string{"go.mod": plainMod, "../go.work": "go 1.21\n\nuse ./project\n"}, prepare: repository, change: repo},
		{code: "MOD002", name: "in the repository", clean: true, files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21\n\nuse .\n"}, prepare: repository, change: repo},
		{code: "MOD002", name: "no repository", clean: true, files: map[string]string{"go.mod": plainMod, "../go.work": "go 1.21\n\nuse ./project\n"},
			change: func(_ *testing.T, s *envcheck.Snapshot) { s.Module.RepoDir = "" }},

		{code: "MOD003", environ: map[string]string{"TMPDIR": "{dir}"}, files: map[string]string{"go.mod": plainMod, "main.go": plainMain}, run: build, fails: true, says: "ignoring go.mod in system temp root"},
		{code: "MOD003", name: "below it", clean: true, environ: map[string]string{"TMPDIR": "{dir}/.."}, files: map[string]string{"go.mod": plainMod, "main.go": plainMain}, run: build},

		{code: "MOD004", files: map[string]string{"go.mod": plainMod + "requires example.com/lib v1.0.0\n"}, run: list, fails: true, says: "go.mod:4: unknown directive: requires", finding: atLine(4)},
		{code: "MOD004", name: "go.sum", files: with(with(importing(""), "go.sum", "<<<<<<< HEAD\n"), "vendor.txt", ""), environ: map[string]string{"GOPROXY": "{mirror}/ok"}, run: build, fails: true, says: "wrong number of fields 2", finding: atLine(1)},
		{code: "MOD004", name: "go.work", files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21\n\nuser .\n"}, run: list, fails: true, says: "go.work:3: unknown directive: user", finding: atLine(3)},
		{code: "MOD004", name: "the go line is another rule's", clean: true, files: map[string]string{"go.mod": "module example.com/app\n\ngo 1.25.0.1\n"}},
		{code: "MOD004", name: "a Windows path is another rule's", clean: true, files: importing("replace example.com/lib => C:\\src\\lib\n")},
		{code: "MOD004", clean: true, files: with(importing(""), "go.sum", "\nexample.com/lib v1.0.0 h1:x\n")},

		{code: "MOD005", files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21\n\nuse (\n\t.\n\t./nosuch\n)\n"}, change: members(".", "nosuch"), run: list, fails: true, says: "cannot load module nosuch listed in go.work file", finding: atLine(5)},
		{code: "MOD005", clean: true, files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21\n\nuse .\n"}, change: members(".")},

		{code: "MOD006", files: map[string]string{"go.mod": "module example.com/app\n\ngo 1.25\n", "go.work": "go 1.21\n\nuse .\n"}, change: members("."), run: list, fails: true, says: "listed in go.work file requires go >= 1.25, but go.work lists go 1.21"},
		{code: "MOD006", name: "no line at all", files: map[string]string{"go.mod": plainMod, "go.work": "use .\n"}, change: members("."), run: list, fails: true, says: "but go.work implicitly requires go 1.18"},
		{code: "MOD006", clean: true, files: map[string]string{"go.mod": plainMod, "go.work": "go 1.21.0\n\nuse .\n"}, change: members("."), run: list},
		{code: "MOD006", name: "newer", clean: true, files: map[string]string{"go.mod": plainMod, "go.work": "go 1.25\n\nuse .\n"}, change: members("."), run: list},

		{code: "MOD007", files: map[string]string{"go.mod": plainMod, "main.go": plainMain, "../other/go.mod": other, "../go.work": "go 1.21\n\nuse ./other\n"}, change: members("../other"), run: build, fails: true, says: "current directory is contained in a module that is not one of the workspace modules listed in go.work"},
		{code: "MOD007", clean: true, files: map[string]string{"go.mod": plainMod, "main.go": plainMain, "../go.work": "go 1.21\n\nuse ./project\n"}, change: members("."), run: build},

		{code: "MOD008", files: map[string]string{"go.mod": plainMod + "\nreplace example.com/lib => ./one\n", "other/go.mod": other + "\nreplace example.com/lib => ./two\n", "go.work": "go 1.21\n\nuse (\n\t.\n\t./other\n)\n"}, change: members(".", "other"),
			run: list, fails: true, says: "conflicting replacements for example.com/lib"},
		{code: "MOD008", name: "settled in go.work", clean: true, files: map[string]string{"go.mod": plainMod + "\nreplace example.com/lib => ./one\n", "one/go.mod": "module example.com/lib\n", "other/go.mod": other + "\nreplace example.com/lib => ./two\n",
			"go.work": "go 1.21\n\nuse (\n\t.\n\t./other\n)\n\nreplace example.com/lib => ./one\n"}, change: members(".", "other"), run: list},
		{code: "MOD008", name: "the same folder by two names", clean: true, files: map[string]string{"go.mod": plainMod + "\nreplace example.com/lib => ./one\n", "one/go.mod": "module example.com/lib\n", "other/go.mod": other + "\nreplace example.com/lib => ../one\n",
			"go.work": "go 1.21\n\nuse (\n\t.\n\t./other\n)\n"}, change: members(".", "other"), run: list},
	}, gopathReproductions()...)
}

// gopathReproductions are about what was before modules.
func gopathReproductions() []reproduction {
	script := func(lines ...string) func(*testing.T, *envcheck.Snapshot) {
		return func(_ *testing.T, s *envcheck.Snapshot) {
			f := envcheck.CIFile{Path: "/home/dev/app/.gitlab-ci.yml", Kind: envcheck.FromGitLab}
			for i, l := range lines {
				f.Lines = append(f.Lines, envcheck.CILine{Text: l, Line: i + 10})
			}
			s.CIFiles = append(s.CIFiles, f)
		}
	}
	build := []string{"build", "."}
	below := func(_ *testing.T, s *envcheck.Snapshot) {
		s.Dir = filepath.Join(s.Home, "go", "src", "example.com", "app")
	}
	return []reproduction{
		{code: "MOD020", environ: map[string]string{"GO111MODULE": "on", "GOPROXY": "off"}, change: below, run: build, fails: true, says: "go.mod file not found",
			files:   map[string]string{"{home}/go/src/example.com/lib/lib.go": "package lib\n", "{home}/go/src/example.com/app/main.go": plainMain},
			verify:  noFallback,
			finding: fixSays("go mod init example.com/app")},
		{code: "MOD020", name: "a module below GOPATH", clean: true, files: map[string]string{"go.mod": plainMod}, change: below},
		{code: "MOD020", name: "elsewhere", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) { s.Module.GoMod = envcheck.TextFile{} }},

		{code: "MOD021", change: script("go version", "cd app && dep ensure -vendor-only"), finding: atLine(11)},
		{code: "MOD021", name: "glide", change: script("- GOOS=linux glide install")},
		{code: "MOD021", clean: true, change: script("echo do not run dep ensure", "go mod download", "apk add dep")},
	}
}

// noFallback: a package below GOPATH/src is not found by a module (claim 13 of
// the well-known article).
func noFallback(t *testing.T, w *world, _ string) {
	for name, data := range map[string]string{"go.mod": plainMod, "main.go": "package main\n\nimport _ \"example.com/lib\"\n\nfunc main() {}\n"} {
		w.write(t, filepath.Join(w.dir, name), data)
	}
	if out, failed := w.runGo(t, "build", "."); !failed || !strings.Contains(out, "no required module provides package example.com/lib") {
		t.Errorf("go says\n%s", out)
	}
}
