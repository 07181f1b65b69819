package goenv

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestParseFile(t *testing.T) {
	f := ParseFile([]byte("# comment\nGOPROXY=a\r\nexport GOFLAGS=x\n GOBIN=y\nGOPROXY = z\nlower=1\n=\nGOPROXY=b # c\nFOO=\nFOO=bar=baz\nGOSUMDB"))
	want := []Assignment{{"GOPROXY", "a\r", 2}, {"GOPROXY ", " z", 5}, {"GOPROXY", "b # c", 8}, {"FOO", "", 9}, {"FOO", "bar=baz", 10}}
	got := f.Assignments()
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	for key, want := range map[string]string{"GOPROXY": "b # c", "FOO": "bar=baz", "GOBIN": ""} {
		if got, _ := f.Get(key); got.Value != want {
			t.Errorf("%s: %q, want %q", key, got.Value, want)
		}
	}
	if n := len(f.Lines()); n != 11 {
		t.Errorf("%d lines", n)
	}
	var zero File
	if _, ok := zero.Get("GOPROXY"); ok || zero.Lines() != nil || len(zero.Bytes()) != 0 {
		t.Error("the zero value is not empty")
	}
	if zero.Set("GOPROXY", "off"); string(zero.Bytes()) != "GOPROXY=off\n" {
		t.Errorf("%q", zero.Bytes())
	}
}

func TestSetUnset(t *testing.T) {
	const old = "# mine\nGOPROXY=a\nexport GOPROXY=x\n\nFOO=1\nGOPROXY=b\r\nlast"
	f := ParseFile([]byte(old))
	f.Set("GOPROXY", "c")
	f.Set("GOBIN", "/home/dev/bin")
	if got, want := string(f.Bytes()), "# mine\nexport GOPROXY=x\n\nFOO=1\nGOPROXY=c\nlast\nGOBIN=/home/dev/bin\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	f.Unset("GOPROXY")
	f.Unset("GOBIN")
	f.Unset("FOO")
	if got, want := string(f.Bytes()), "# mine\nexport GOPROXY=x\n\nlast\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHugeFiles reads 10 MiB of each nasty kind: time and memory stay in
// proportion to the size: what grows with its square takes hours.
func TestHugeFiles(t *testing.T) {
	const size = 10 << 20
	for name, piece := range map[string]string{"newlines": "\n", "one line": "A", "same key": "GOPROXY=x\n", "other keys": "A=\n", "nul": "\x00", "junk": "junk\n", "crlf": "GOFLAGS=\r\n", "utf-16": "A\x00=\x00\n\x00"} {
		data := bytes.Repeat([]byte(piece), size/len(piece))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		f := ParseFile(data)
		e := Resolve(Sources{File: f})
		for _, key := range Settings() {
			e.Lookup(key)
		}
		notes := f.Notes()
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if notes[0].Kind != NoteOversize || len(notes) > MaxNotes+1 {
			t.Errorf("%s: %d notes, the first %v", name, len(notes), notes[0])
		}
		if mem := after.TotalAlloc - before.TotalAlloc; mem > 2*size || took > time.Minute {
			t.Errorf("%s: %d bytes of memory, %v", name, mem, took)
		} else {
			t.Logf("%s: %.1f MiB allocated, %v", name, float64(mem)/(1<<20), took.Round(time.Millisecond))
		}
	}
}

func TestNotes(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"# fine\n\nGOPROXY=off\nFOO=x":  "",
		bom + "GOPROXY=off\nGOBIN=/b\n": "1 bom GOPROXY ignored",
		bom + "GOPROXY=off\r\n":         "1 crlf, 1 bom GOPROXY ignored",
		"A=1\nGOPROXY=x\r\nGOBIN=y\r\n": "2 crlf x2",
		"\xff\xfeG\x00=\x00":            "0 utf-16le ignored",
		"\xfe\xff\x00G\x00=":            "0 utf-16be ignored",
		"G\x00O\x00=\x00":               "0 utf-16le ignored",
		"GOPROXY=a\n\x7fELF\x00\nA = 1": "2 binary",
		"export GOPROXY=x\nset GOFLAGS=x\n$env:GOBIN=x\n$Env:GOBIN = 'x'\nsetx \"GOBIN\"=x": "1 shell GOPROXY ignored, 2 shell GOFLAGS ignored, 3 shell GOBIN ignored, 4 shell GOBIN ignored, 5 shell ignored",
		" GOPROXY=x\n\tGOBIN=y\n  # c\n  \n":                                                "1 indent GOPROXY ignored, 2 indent GOBIN ignored",
		"GOPROXY = x\nGOBIN =x":                                                             "1 key-space GOPROXY, 2 key-space GOBIN",
		"GOPRIVATE=x \nGOSUMDB= y":                                                          "1 space GOPRIVATE, 2 space GOSUMDB",
		"GOPROXY=\"x\"\nGOBIN='y'\nA=\"x\" \"y\"":                                           "1 quotes GOPROXY, 2 quotes GOBIN",
		"GOBIN=$HOME/bin\nGOPATH=${X}\nGOCACHE=%LocalAppData%\\go\nGOMODCACHE=~/m\nGOTMPDIR=$(pwd)\nGOPROXY=http://a%20b/%41c%42\nGOFLAGS=100%\nGOVCS=a$": "1 variable GOBIN, 2 variable GOPATH, 3 variable GOCACHE, 4 variable GOMODCACHE, 5 variable GOTMPDIR",
		"GOPROXY=x # mine\nGOBIN=/a#b":         "1 comment GOPROXY",
		"GOPROXY=a\nGOPROXY=b\nFOO=1\nFOO=2":   "1 duplicate GOPROXY",
		"GOPRIVATE=\xffx":                      "1 utf-8 GOPRIVATE",
		"goproxy=x\nfoo=y":                     "1 lower-case GOPROXY ignored, 2 no-line ignored",
		"[section]\nGOPROXY: x\n=x\nGOSUMDB y": "1 no-line ignored, 2 no-line ignored, 3 no-line ignored, 4 no-line ignored",
	} {
		var got []string
		for _, n := range ParseFile([]byte(text)).Notes() {
			s := strings.TrimSpace(string(rune('0'+n.Line)) + " " + string(n.Kind) + " " + n.Key)
			if n.Count != 1 {
				s += " x" + string(rune('0'+n.Count))
			}
			if n.Ignored {
				s += " ignored"
			}
			got = append(got, s)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q:\n got %q\nwant %q", text, strings.Join(got, ", "), want)
		}
	}
	many := ParseFile([]byte(strings.Repeat("junk\n", 500))).Notes()
	if last := many[len(many)-1]; len(many) != MaxNotes+1 || last.Kind != NoteMore || last.Line != MaxNotes+1 {
		t.Errorf("%d notes, the last %+v", len(many), last)
	}
}

func TestDecode(t *testing.T) {
	const want = "GOPROXY=off\nGOBIN=/家\n"
	be := []byte{0xfe, 0xff}
	le := []byte{0xff, 0xfe}
	for _, r := range strings.ReplaceAll(want, "\n", "\r\n") {
		be = append(be, byte(r>>8), byte(r))
		le = append(le, byte(r), byte(r>>8))
	}
	for _, data := range [][]byte{le, be, []byte(bom + want), []byte(strings.ReplaceAll(want, "\n", "\r\n"))} {
		if got, changed := Decode(data); string(got) != want || !changed {
			t.Errorf("%q: %q %v", data, got, changed)
		}
	}
	if got, changed := Decode([]byte(want)); string(got) != want || changed {
		t.Errorf("%q %v", got, changed)
	}
	if notes := ParseFile(le).Notes(); len(notes) != 1 || notes[0].Kind != NoteUTF16LE {
		t.Errorf("%v", notes)
	}
}
