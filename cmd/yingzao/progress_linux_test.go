package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// openTerminal opens a pseudo terminal and collects what is written to it.
func openTerminal(t *testing.T) (tty *os.File, said func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	var n int
	if err == nil {
		if err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err == nil {
			n, err = unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
		}
	}
	if err == nil {
		tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 120})
	}
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("no pseudo terminal: %v", err)
		}
		t.Skipf("no pseudo terminal: %v", err)
	}
	var all bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&all, master) // ends with an error when the terminal is closed
	}()
	return tty, func() string {
		tty.Close()
		<-read
		master.Close()
		return all.String()
	}
}

// On a terminal both commands that upload show how far they are, how fast, and
// how long it will take; in a log there is nothing of it.
func TestUploadProgress(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	big := make([]byte, 2<<20)
	_, _ = rand.NewChaCha8([32]byte{}).Read(big)
	for name, content := range map[string][]byte{
		"big.bin":       big,
		".yingzao.yaml": []byte("version: 1\nrelease:\n  targets: [linux/amd64]\n  archives: [{files: [big.bin]}]\n"),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cache, err := os.UserCacheDir() // the one that the tests of the house fill anyway
	if err != nil {
		t.Skip(err)
	}
	for _, kv := range []string{"GOCACHE=" + filepath.Join(cache, "go-build"), "TERM=xterm", "OSS_ACCESS_KEY_ID=" + bucketKey.ID,
		"OSS_ACCESS_KEY_SECRET=" + bucketKey.Secret, "OSS_SESSION_TOKEN=" + bucketKey.Token} {
		s.env = append(s.env, kv)
	}
	const to = "oss://releases/downloads?region=cn-hangzhou&scheme=http"
	shown := regexp.MustCompile(`publish  time left \d+(\.\d+)? s +\[=+ *\] *\d+%  [\d.]+ .?B/[\d.]+ MB  [\d.]+ .?B/s`)
	for _, args := range [][]string{
		{"release", "-C", s.dir, "--version", "1.0.0", "--to", to},
		{"release", "publish", "--from", filepath.Join(s.dir, "dist"), "--to", to},
	} {
		for _, terminal := range []bool{true, false} {
			o := bucket.Options{Keys: []bucket.Credential{bucketKey}}
			if terminal {
				o.Rate.Total = 2 << 20 // else there is nothing to see
			}
			srv := bucket.New(t, o)
			env := append(s.env, "HTTP_PROXY="+srv.ProxyURL(), "http_proxy="+srv.ProxyURL())
			var out, log bytes.Buffer
			began := time.Now()
			text := ""
			if terminal {
				tty, said := openTerminal(t)
				code := run(args, strings.NewReader(""), &out, tty, env)
				if text = said(); code != 0 {
					t.Fatalf("%q: exit %d\n%s", args, code, text)
				}
			} else {
				if code := run(args, strings.NewReader(""), &out, &log, env); code != 0 {
					t.Fatalf("%q: exit %d\n%s", args, code, log.String())
				}
				text = log.String()
			}
			if got := shown.FindString(text); (got != "") != terminal {
				t.Errorf("%q, terminal %v, after %v: %q in\n%q", args[:2], terminal, time.Since(began), got, text)
			} else if terminal {
				t.Log(got)
			}
			if !terminal && (strings.Contains(text, "time left") || strings.Contains(text, "\x1b") || strings.Contains(text, "%")) {
				t.Errorf("%q: in a log: %q", args[:2], text)
			}
			if !strings.Contains(out.String(), "published") {
				t.Errorf("%q: %s", args[:2], out.String())
			}
		}
	}
}
