package term

import (
	"bytes"
	"os"
	"testing"
)

func TestStyleDecides(t *testing.T) {
	pty, _ := openPTY(t)
	for _, tc := range []struct {
		name string
		w    interface{ Write([]byte) (int, error) }
		env  map[string]string
		want bool
	}{
		{"buffer", &bytes.Buffer{}, nil, false},
		{"buffer forced", &bytes.Buffer{}, map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{"buffer forced off", &bytes.Buffer{}, map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{"forbidden beats forced", &bytes.Buffer{}, map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
		{"terminal", pty, map[string]string{"TERM": "xterm"}, true},
		{"empty NO_COLOR says nothing", pty, map[string]string{"NO_COLOR": ""}, true},
		{"terminal forbidden", pty, map[string]string{"NO_COLOR": "x"}, false},
		{"dumb", pty, map[string]string{"TERM": "dumb"}, false},
		{"dumb forced", pty, map[string]string{"TERM": "dumb", "CLICOLOR_FORCE": "1"}, true},
	} {
		s := NewStyle(tc.w, func(k string) string { return tc.env[k] })
		if s.on != tc.want {
			t.Errorf("%s: colour %v, want %v", tc.name, s.on, tc.want)
		}
		if got := s.Red("x"); (got != "x") != tc.want {
			t.Errorf("%s: Red gives %q", tc.name, got)
		}
	}
	if got := (Style{on: true}).Green("好"); got != "\x1b[32m好\x1b[0m" {
		t.Errorf("Green gives %q", got)
	}
	if got := (Style{on: true}).Bold(""); got != "" {
		t.Errorf("nothing became %q", got)
	}
}

func TestIsTerminal(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/f")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if IsTerminal(f) || IsTerminal(&bytes.Buffer{}) || Columns(f) != 0 {
		t.Error("a file or buffer passes for a terminal")
	}
	pty, _ := openPTY(t)
	setColumns(t, pty, 40)
	if !IsTerminal(pty) || Columns(pty) != 40 {
		t.Errorf("terminal %v, %d columns", IsTerminal(pty), Columns(pty))
	}
	if !Interactive(pty, nil) || Interactive(pty, func(string) string { return "dumb" }) {
		t.Error("Interactive is wrong about TERM")
	}
}
