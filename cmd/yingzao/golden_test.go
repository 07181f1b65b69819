package main

import (
	"flag"
	"os"
	"path/filepath"
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
// The golden texts write $WORK for the script's folder. An error has to bring
// its remedy, and the Chinese text may hold no English line.
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
		if stream == "stderr" && code != "0" {
			speaks(ts, lang, got)
		}
		golden := name + "." + lang
		if *update {
			rewrite(ts, golden, got)
			continue
		}
		if want := ts.ReadFile(golden); got != want {
			ts.Fatalf("%s\nsays\n%s\nwant (%s)\n%s", strings.Join(line, " "), got, golden, want)
		}
	}
}

// speaks checks what every refusal has to be like, whatever it says.
func speaks(ts *testscript.TestScript, lang, text string) {
	marks := map[string][2]string{"en": {"error: ", "\nhint: "}, "zh": {"错误：", "\n提示："}}[lang]
	for _, m := range marks {
		if !strings.Contains("\n"+text, strings.TrimPrefix(m, "\n")) {
			problem(ts, "there is no %q in\n%s", strings.TrimSpace(m), text)
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
