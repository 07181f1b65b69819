package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestPlainGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		p := NewProgress(&b, false)
		p.Start("a", "linux/amd64", 0)
		p.Start("b", "linux/龙芯\x1b[31m\r\n", 1000)
		p.Phase("a", "compile")
		p.Add("a", 1000)
		p.Add("nobody", 1)
		time.Sleep(1200 * time.Millisecond)
		p.Done("a", "built", nil)
		p.Log("# example.com/x\n\x1b[1m./x.go:1:2:\x1b[0m oops  \n")
		p.Done("b", "", errors.New("compile: exit 1\nmore"))
		p.Start("a", "linux/amd64", 0) // an id may be used again
		p.Done("a", "", nil)
		p.Done("ghost", "odd", nil)
		p.Close()
		p.Log("after")
		want := strings.Join([]string{
			"linux/amd64  built  1.20 s",
			"# example.com/x",
			"./x.go:1:2: oops",
			"linux/龙芯    compile: exit 1  1.20 s",
			"linux/amd64  0 s",
			"ghost  odd",
			"after",
			"",
		}, "\n")
		if b.String() != want {
			t.Errorf("got\n%q\nwant\n%q", b.String(), want)
		}
	})
}

func TestStepLineGolden(t *testing.T) {
	for _, tc := range []struct {
		label, phase string
		n, total     int64
		width        int
		want         string
	}{
		{"linux/amd64", "编译", 0, 0, 80, "| linux/amd64  编译                                                      1.20 s"},
		{"linux/amd64", "编译", 0, 0, 40, "| linux/amd64  编译              1.20 s"},
		{"linux/loong64-abi1.0", "上传", 4_500_000, 10_000_000, 80, "| linux/loong64-abi1.0  上传         [=======         ] 45%  4.50 MB/10.0 MB  1.20 s"},
		{"linux/loong64-abi1.0", "上传", 4_500_000, 10_000_000, 40, "| linux/loong64-abi1.0  上传     1.20 s"},
		{"打包麒麟安装包", "", 1_200_000, 0, 80, "| 打包麒麟安装包                                  1.20 MB  1.00 MB/s  1.20 s"},
		{"打包麒麟安装包", "", 1_200_000, 0, 40, "| 打包麒麟安装包       1.20 MB  1.20 s"},
		{"打包麒麟安装包", "压缩", 1, 1, 20, "| 打包麒..  1.20 s"},
		{"打包麒麟安装包", "压缩", 9, 1, 8, "| 打.."},
		{"x", "", 0, 0, 0, ""},
	} {
		s := &step{label: tc.label, total: tc.total}
		s.done.Store(tc.n)
		s.phase.Store(&tc.phase)
		got := s.line(tc.width, 1200*time.Millisecond)
		if Width(got) >= max(1, tc.width) {
			t.Errorf("%s at %d takes %d columns", tc.label, tc.width, Width(got))
		}
		if squeeze(got) != squeeze(tc.want) {
			t.Errorf("%s at %d:\n got %q\nwant %q", tc.label, tc.width, got, tc.want)
		}
	}
}

// squeeze makes runs of spaces one gap, so that the golden lines can be read.
func squeeze(s string) string { return regexp.MustCompile(` {2,}`).ReplaceAllString(s, "  ") }

// A wide label at the right edge, an odd number of columns: never a wrap.
func TestStepLineNeverWraps(t *testing.T) {
	phase := "校验中"
	for width := range 130 {
		for _, total := range []int64{0, 1 << 30} {
			s := &step{label: strings.Repeat("龙", 30), total: total}
			s.done.Store(1 << 20)
			s.phase.Store(&phase)
			for _, d := range []time.Duration{0, time.Second, 3 * time.Hour} {
				if got := Width(s.line(width, d)); got > max(0, width-1) {
					t.Fatalf("width %d: %d columns", width, got)
				}
			}
		}
	}
}

func TestScreenOnATerminal(t *testing.T) {
	for _, columns := range []uint16{80, 40} {
		tty, master := openPTY(t)
		setColumns(t, tty, columns)
		var out syncBuffer
		ended := make(chan struct{})
		go func() {
			_, _ = io.Copy(&out, master) // ends with EIO when the last writer is gone
			close(ended)
		}()
		p := NewProgress(tty, true)
		drive(p, &out)
		p.Close()
		p.Log("之后")
		tty.Close()
		<-ended
		raw := out.String()
		for _, want := range []string{"打包麒麟", "编译", "上传"} {
			if !strings.Contains(raw, want) {
				t.Errorf("%d columns: never showed %q:\n%q", columns, want, raw)
			}
		}
		checkScreen(t, raw)
	}
}

func TestScreenToABuffer(t *testing.T) {
	var b syncBuffer
	p := newScreen(&b, 40)
	drive(p, &b)
	p.Close()
	p.Close()
	p.Start("late", "late", 0)
	p.Log("之后")
	if !regexp.MustCompile(`[-|/\\] 打包麒麟`).MatchString(b.String()) {
		t.Errorf("no bar in\n%q", b.String())
	}
}

// drive goes on when the screen shows what it has to; that it never does so is told
// by the test.
func drive(p Progress, screen *syncBuffer) {
	wait := func(texts ...string) {
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if now := screen.String(); !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(now, s) }) {
				return
			}
		}
	}
	p.Start("a", "linux/amd64", 0)
	p.Start("b", "打包麒麟安装包", 1_000_000)
	p.Phase("a", "编译")
	p.Phase("b", "上传")
	p.Add("b", 500_000)
	wait("打包麒麟", "编译", "上传")
	p.Log("一行日志\n第二行")
	p.Done("a", "built", nil)
	wait("built")
	// b is still running: Close is what a cancelled run does
}

// checkScreen plays the bytes and looks at what is left for the person.
func checkScreen(t *testing.T, raw string) {
	t.Helper()
	got := play(t, raw)
	if len(got) != 4 || got[0] != "一行日志" || got[1] != "第二行" || !strings.HasPrefix(got[2], "linux/amd64  built  ") || got[3] != "之后" {
		t.Errorf("left on the screen: %q", got)
	}
}

// play interprets the few functions that the library uses: line breaks, cursor
// up, erase below.
func play(t *testing.T, raw string) []string {
	t.Helper()
	lines, row := []string{""}, 0
	for raw != "" {
		if m := regexp.MustCompile(`^\x1b\[(\d*)([A-Za-z])`).FindStringSubmatch(raw); m != nil {
			raw = raw[len(m[0]):]
			switch n, _ := strconv.Atoi(m[1]); m[2] {
			case "A":
				row = max(0, row-n)
			case "J":
				lines = lines[:row+1]
				lines[row] = ""
			default:
				t.Fatalf("unexpected sequence %q", m[0])
			}
			continue
		}
		r := []rune(raw)[0]
		raw = raw[len(string(r)):]
		switch r {
		case '\r':
		case '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
		default:
			lines[row] += string(r)
		}
	}
	return lines[:len(lines)-1]
}

func TestScreenManyAtOnce(t *testing.T) {
	var b syncBuffer
	p := newScreen(&b, 60)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			id := fmt.Sprint(i)
			p.Start(id, "目标 "+id, 100)
			p.Start(id, "目标 "+id, 100) // a second start replaces the first
			p.Add(id, 50)
			p.Phase(id, "压缩")
			p.Log("log " + id)
			if i%2 == 0 {
				p.Done(id, "done", nil)
			}
		})
	}
	wg.Wait()
	p.Close()
	for i := range 40 {
		if !strings.Contains(b.String(), fmt.Sprintf("log %d\n", i)) {
			t.Errorf("log %d is lost", i)
		}
	}
}

// A terminal that goes away must not hang or panic the run.
func TestScreenOutputFails(t *testing.T) {
	p := newScreen(failing{}, 40)
	p.Start("a", "x", 0)
	time.Sleep(400 * time.Millisecond)
	p.Log("lost")
	p.Done("a", "done", nil)
	p.Close()
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("gone") }

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
