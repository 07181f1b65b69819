package server

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Where the server keeps its files is in its logs, and in no answer.
func TestNoPlacesForClients(t *testing.T) {
	f := files(t)
	far := filepath.Join(t.TempDir(), "canary-far")
	_, missing := os.Open(filepath.Join(far, "x"))
	near := filepath.Join(f.c.Dir(), ".yingzao", "partial", "canary-near")
	full := &fs.PathError{Op: "write", Path: near, Err: syscall.ENOSPC}
	for name, tc := range map[string]struct {
		class, cause error
		status       int
		en, zh       string // what the client is told all the same
	}{
		"no room": {proxy.ErrUnavailable, msg.Errorf("store it: %w", "保存：%w", full).WithHint("see %s", "参见 %s", near), 503, "write: no space left", "write: 设备空间已满"},
		"linked":  {proxy.ErrUnavailable, os.Rename(filepath.Join(far, "x"), filepath.Join(far, "y")), 503, "rename", "没有该文件或目录"},
		"joined":  {proxy.ErrUnavailable, msg.Join(missing, full), 503, "open: no such file", "write: 设备空间已满"},
		"words":   {proxy.ErrUnavailable, msg.Errorf("it says %q", "它说 %q", full.Error()), 503, "no space left", "no space left"},
		"content": {proxy.ErrContent, fmt.Errorf("read: %w", missing), 403, "read: open: no such file", "read: open: 没有该文件或目录"},
		"bug":     {missing, nil, 500, "open: no such file", "open: 没有该文件或目录"},
	} {
		t.Run(name, func(t *testing.T) {
			log := &lockedBuffer{}
			_, base, access := started(t, Options{Files: f, Cache: f.c, Log: slog.New(slog.NewTextHandler(log, nil))})
			err := tc.class
			if tc.cause != nil {
				err = proxy.Fail(tc.class, "example.com/a", tc.cause)
			}
			f.fails["example.com/a/@v/v1.0.0.zip"] = err
			a := get(t, base+"/example.com/a/@v/v1.0.0.zip")
			if a.StatusCode != tc.status || !strings.Contains(a.body, tc.en) || !strings.Contains(a.body, tc.zh) {
				t.Errorf("%s %s", a.Status, a.body)
			}
			for _, place := range []string{f.c.Dir(), filepath.Dir(far), os.TempDir()} {
				if strings.Contains(a.body, place) {
					t.Errorf("%s is in the answer: %s", place, a.body)
				}
			}
			if !strings.Contains(log.String(), "canary") {
				t.Errorf("the log does not tell where:\n%s", log)
			}
			for deadline := time.Now().Add(time.Minute); !strings.Contains(access.String(), "canary") && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if !strings.Contains(access.String(), "canary") {
				t.Errorf("the access log does not tell where:\n%s", access)
			}
		})
	}
}

func TestWithout(t *testing.T) {
	path, below := filepath.FromSlash("/srv/a"), string(filepath.Separator)+"b"
	for text, want := range map[string]string{
		"write " + path + ": full":              "write: full",
		"write " + path + below + ": full":      "write …" + below + ": full",
		"rename " + path + " " + path + "b: no": "rename … " + path + "b: no",
		"git.corp.test" + path + ": not found":  "git.corp.test" + path + ": not found",
		path:                                    "…",
		"保存 " + path + "：满；“" + path + "” " + path + ": x": "保存 …：满；“…”: x",
		"": "",
	} {
		if got := without(text, path); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
