package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden texts of `says` in the scripts")

// says runs a command in English and in Chinese and compares what it writes to
// standard error, or with a name that begins with "out/" to standard output,
// with the files NAME.en and NAME.zh of the script:
//
//	says 2 unknown_key yingzao release plan
//
// The golden texts write $WORK for the script's folder, and other words for what
// differs between machines; the progress of targets is left out. An error has to bring its remedy, and the Chinese text may hold no
// English line but what other programs said, which is indented.
func says(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: says CODE NAME program [args...]")
	}
	code, name, program := args[0], args[1], args[2:]
	stream := "stderr"
	if strings.HasPrefix(name, "out/") {
		stream = "stdout"
	}
	for _, lang := range []string{"en", "zh"} {
		line := slices.Concat(program[:1], []string{"--lang", lang}, program[1:])
		if got := runCode(ts, line); got != code {
			problem(ts, "%s: exit code %s, want %s", strings.Join(line, " "), got, code)
		}
		got := strings.ReplaceAll(ts.ReadFile(stream), ts.Getenv("WORK"), "$WORK")
		if host, err := os.Hostname(); err == nil {
			got = strings.ReplaceAll(got, host+" ("+runtime.GOOS+"/"+runtime.GOARCH+")", "BUILDER")
		}
		for _, c := range changing {
			got = c.pattern.ReplaceAllString(got, c.instead)
		}
		if stream == "stderr" && code != "0" {
			speaks(ts, lang, got)
		}
		golden := name + "." + lang
		if *update {
			rewrite(ts, golden, got)
			continue
		}
		if want := ts.ReadFile(filepath.Join(ts.Getenv("WORK"), golden)); got != want {
			ts.Fatalf("%s\nsays\n%s\nwant (%s)\n%s", strings.Join(line, " "), got, golden, want)
		}
	}
}

// changing is what no two machines, times or Go versions have in common.
var changing = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?m)^[a-z0-9]+/[a-z0-9./-]+  .*\n`), ""}, // progress: order and times
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "SHA256"},
	{regexp.MustCompile(`\b[0-9a-f]{40}\b`), "COMMIT"},
	{regexp.MustCompile(`\b[0-9a-f]{12}\b`), "DIGEST"},
	{regexp.MustCompile(`-g[0-9a-f]{7,12}\b`), "-gCOMMIT"},
	{regexp.MustCompile(`\b[0-9]{15,20}\b`), "CRC64"},
	{regexp.MustCompile(`\b[0-9]{6,8}\b`), "SIZE"},
	{regexp.MustCompile(`\.yingzao-uploads/\S+\.tmp`), ".yingzao-uploads/TEMP"},
}

// speaks checks what every refusal has to be like, whatever it says.
func speaks(ts *testscript.TestScript, lang, text string) {
	for _, words := range map[string][][]string{"en": {{"error: "}, {"hint: ", "fix: "}}, "zh": {{"错误："}, {"提示：", "解决办法："}}}[lang] {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			problem(ts, "there is no %q in\n%s", words, text)
		}
	}
	for line := range strings.Lines(text) {
		if han := strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han != (lang == "zh") && !strings.HasPrefix(line, "    ") {
			problem(ts, "this line is in the wrong language: %s", line)
		}
	}
}

// rewrite replaces a golden text within the script itself.
func rewrite(ts *testscript.TestScript, golden, text string) {
	file := filepath.Join("testdata", "script", ts.Name()+".txtar")
	a, err := txtar.ParseFile(file)
	ts.Check(err)
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == golden })
	if i < 0 {
		i = len(a.Files)
		a.Files = append(a.Files, txtar.File{Name: golden})
	}
	a.Files[i].Data = []byte(text)
	ts.Check(os.WriteFile(file, txtar.Format(a), 0o644))
}

// problem fails the script; while golden texts are rewritten it only says so,
// and the next run fails.
func problem(ts *testscript.TestScript, format string, args ...any) {
	if !*update {
		ts.Fatalf(format, args...)
	}
	ts.Logf("PROBLEM "+format, args...)
}
