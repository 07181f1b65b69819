package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Which mirrors are asked, in which order, and what comes of it; "" = found.
func TestFaults(t *testing.T) {
	files := release()
	zip, sum := moduleZip(t, files), h1(t, demo, files)
	const wrong, lacking = "it is damaged", "something else came"
	for _, c := range []struct {
		modes string
		asked string // the modes of the requests
		fails string
		kind  msg.Kind
	}{
		{"ok", "ok", "", 0},
		{"404,410,ok", "404 410 ok", "", 0},
		{"403,ok", "403", "status 403", msg.Incomplete},
		{"403|ok", "403 ok", "", 0},
		{"500|404|ok", "500 404 ok", "", 0},
		{"500,ok", "500", "status 500", msg.Incomplete},
		{"404,404", "404 404", "status 404", msg.Incomplete},
		{"redirect", "redirect ok", "", 0},
		{"chunked", "chunked", "", 0},
		{"noetag", "noetag", "", 0},
		{"norange", "norange", "", 0},
		{"html,ok", "html", lacking, msg.Incomplete},
		{"html|ok", "html ok", "", 0},
		{"wrong", "wrong", wrong, msg.Findings},
		{"wrong,ok", "wrong ok", "", 0},
		{"evil", "evil", "its files hash to h1:", msg.Findings},
		{"evil,410|other", "evil 410 other", "", 0},
		{"wrong|403", "wrong 403", wrong, msg.Findings},
		{"cutonce", "cutonce cutonce", "", 0},
		{"changing", "changing changing", "", 0},
		{"norangecut|other", "norangecut norangecut other", "", 0},
		{"badrange", "badrange", "", 0},
		{"hang|ok", "hang ok", "", 0},
		{"hang,ok", "hang", "less than 4 KiB came within 2s", msg.Incomplete},
		{"hanghalf|other", "hanghalf hanghalf other", "", 0},
		// Nothing of the second half is right, and the other mirror only brings the rest
		// at first: the hash says no, and it gets the chance to bring all of it.
		{"cutwrong|other", "cutwrong cutwrong cutwrong other other", "", 0},
	} {
		t.Run(c.modes, func(t *testing.T) {
			t.Parallel() // who hangs is waited for: long, for a slow machine is no hanging mirror
			m, cache := serve(t, zip), t.TempDir()
			m.evil = moduleZip(t, with(files, "src/fmt/print.go", "package evil\n"))
			s, err := found(t, Options{Cache: cache, Mirrors: proxies(t, m.list(c.modes)), H1: sum, Stall: 2 * time.Second})
			switch {
			case c.fails == "" && (err != nil || s.H1 != sum):
				t.Errorf("%v", err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails) || msg.KindOf(err) != c.kind || msg.Hint(err).IsZero()):
				t.Errorf("%v, kind %d, hint %q", err, msg.KindOf(err), msg.Hint(err))
			}
			var modes []string
			for _, r := range m.requests() {
				mode, _, _ := strings.Cut(r.Path[1:], "/")
				modes = append(modes, mode)
			}
			if got := strings.Join(modes, " "); got != c.asked {
				t.Errorf("asked %s, not %s", got, c.asked)
			}
			if c.modes == "cutonce" && m.bytes() != int64(len(zip)) {
				t.Errorf("%d bytes were sent for %d", m.bytes(), len(zip))
			}
			if name := filepath.Join(cache, zipName); (size(name) > 0) != (c.fails == "") || c.kind == msg.Findings && size(name+".part") > 0 {
				t.Errorf("%d bytes kept, %d in part", size(name), size(name+".part"))
			}
		})
	}
}

// A cut connection is taken up where it ended, at any place, by the same mirror and
// in another run by another one, and nothing is sent twice.
func TestResume(t *testing.T) {
	files := release()
	zip, sum := moduleZip(t, files), h1(t, demo, files)
	for _, c := range []struct {
		mode, next string
		ifRange    string
		stall      time.Duration
	}{
		{"cut10", "ok", "", 0}, {"cut50", "ok", "", 0}, {"cut99", "other", "", 0}, {"hanghalf", "hanghalf", `"one"`, 2 * time.Second},
	} {
		m, cache := serve(t, zip), t.TempDir()
		o := Options{Cache: cache, Mirrors: proxies(t, m.list(c.mode)), H1: sum, Stall: c.stall}
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(_ string, done, _ int64) { // interrupt the first run at its first break
			if len(m.requests()) > 1 {
				cancel()
			}
		}
		o.Client = client(t, httpx.Options{})
		if _, err := Find(ctx, demo, "", o); err == nil {
			t.Fatalf("%s: it ran through", c.mode)
		}
		cancel()
		part := filepath.Join(cache, zipName+".part")
		have, before := size(part), len(m.requests())
		if have == 0 || have >= int64(len(zip)) {
			t.Fatalf("%s: %d bytes at hand", c.mode, have)
		}
		o.Mirrors, o.Progress = proxies(t, m.list(c.next)+"|"+m.list("ok")), nil
		s, err := found(t, o)
		if err != nil || s.H1 != sum {
			t.Fatalf("%s: %v", c.mode, err)
		}
		if first := m.requests()[before]; first.Range != fmt.Sprintf("bytes=%d-", have) || first.IfRange != c.ifRange {
			t.Errorf("%s: %d bytes at hand, asked %+v", c.mode, have, first)
		}
	}
}

// What stands in the way is not believed: a part of another file, of nonsense, or
// longer than the file.
func TestBadParts(t *testing.T) {
	files := release()
	zip, sum := moduleZip(t, files), h1(t, demo, files)
	for name, c := range map[string]struct {
		part  []byte
		state string
	}{
		"another file":   {bytes.Repeat([]byte("x"), 1000), ""},
		"a bad start":    {append([]byte("PK\x03\x05"), zip[4:len(zip)/2]...), `{"size":` + fmt.Sprint(len(zip)) + `}`},
		"another size":   {zip[:1000], `{"size":123456}`},
		"nonsense noted": {zip[:1000], `{{`},
		"complete":       {zip, `{"size":` + fmt.Sprint(len(zip)) + `}`},
		"complete, bad":  {bytes.Repeat([]byte("x"), len(zip)), `{"size":` + fmt.Sprint(len(zip)) + `}`},
		"too long":       {append(bytes.Clone(zip), 'x'), ""},
		"longer":         {append(bytes.Clone(zip), "xx"...), `{"size":10}`},
		"empty":          {nil, `{"size":0}`},
	} {
		for _, mode := range []string{"ok", "norange", "noetag", "chunked"} {
			m, cache := serve(t, zip), t.TempDir()
			write(t, filepath.Join(cache, zipName+".part"), c.part)
			write(t, filepath.Join(cache, zipName+".part.json"), []byte(c.state))
			if s, err := found(t, Options{Cache: cache, Mirrors: proxies(t, m.list(mode)), H1: sum}); err != nil || s.H1 != sum {
				t.Errorf("%s, %s: %v", name, mode, err)
			}
			if n := len(m.requests()); (n == 0) != (name == "complete") || n > 2 {
				t.Errorf("%s, %s: %+v", name, mode, m.requests())
			}
		}
	}
}

// The same for archives, which have no commas between them.
func TestArchiveFaults(t *testing.T) {
	files := release()
	tgz, sum := archiveOf(t, files), h1(t, demo, files)
	m, cache := serve(t, tgz), t.TempDir()
	last, calls := int64(0), 0
	s, err := found(t, Options{Cache: cache, Archives: m.bases("403", "html", "wrong", "cutonce", "ok"), SHA256: strings.ToUpper(sha(tgz)), Progress: func(source string, done, total int64) {
		if calls++; total != int64(len(tgz)) || done <= 0 || done > total || !strings.HasPrefix(source, m.URL) {
			t.Errorf("progress %s %d of %d", source, done, total)
		}
		last = done
	}})
	if err != nil || s.H1 != sum || s.Proof.By != PinnedSHA256 || s.Proof.Value != sha(tgz) || last != int64(len(tgz)) || calls < 3 {
		t.Fatalf("%v, %+v, %d bytes in %d calls", err, s, last, calls)
	}
	// The pin of the archive still vouches for what was unpacked, until it changes.
	if s, err := found(t, Options{Cache: cache, SHA256: sha(tgz), Offline: true}); err != nil || s.Proof.By != PinnedSHA256 {
		t.Errorf("again: %v", err)
	}
	if _, err := found(t, Options{Cache: cache, SHA256: sha([]byte("x")), Offline: true}); msg.KindOf(err) != msg.Findings {
		t.Errorf("another pin: %v", err)
	}
	write(t, filepath.Join(cache, treeName, "src/fmt/print.go"), []byte("package evil\n"))
	if _, err := found(t, Options{Cache: cache, SHA256: sha(tgz), Offline: true}); err == nil || !strings.Contains(err.Error(), "changed since") || msg.KindOf(err) != msg.Findings {
		t.Errorf("changed: %v", err)
	}
	if s, err := found(t, Options{Cache: cache, SHA256: sha(tgz), Archives: m.bases("ok")}); err != nil || s.H1 != sum {
		t.Errorf("repaired: %v", err)
	}
}

func TestNoRoom(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	files := release()
	m, cache := serve(t, moduleZip(t, files)), t.TempDir()
	if err := os.Symlink("/dev/full", filepath.Join(cache, zipName+".part")); err != nil {
		t.Fatal(err)
	}
	_, err := found(t, Options{Cache: cache, Mirrors: proxies(t, m.list("ok|other")), H1: h1(t, demo, files)})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(msg.Hint(err).ZH, "空间") || !strings.Contains(msg.In(err, msg.Chinese), "设备空间已满") {
		t.Errorf("%v; %v", err, msg.Hint(err))
	}
}

// A mirror's password goes to the mirror and nowhere else.
func TestSecrets(t *testing.T) {
	files := release()
	zip := moduleZip(t, files)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, ok := r.BasicAuth(); !ok || user != "dev" || pass != "hunter22" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(zip[:len(zip)-1]))
	}))
	defer srv.Close()
	cache := t.TempDir()
	o := Options{Cache: cache, H1: h1(t, demo, files), Client: srv.Client(), Mirrors: proxies(t, strings.Replace(srv.URL, "://", "://dev:hunter22@", 1))}
	var seen string
	o.Progress = func(source string, _, _ int64) {
		b, _ := os.ReadFile(filepath.Join(cache, zipName+".part.json"))
		seen += source + string(b)
	}
	_, err := found(t, o)
	if seen += fmt.Sprint(err, msg.In(err, msg.Chinese)); err == nil || !strings.Contains(seen, srv.URL) || strings.Contains(seen, "hunter22") || strings.Contains(seen, "dev:") {
		t.Error(seen)
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 0-9/10", "bytes 5-9/*", "bytes */10", "bytes 9-5/3", "", "items 0-1/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		start, total, ok := contentRange(s)
		if ok && (start < 0 || total != -1 && total <= start) || ok && !strings.HasPrefix(s, fmt.Sprintf("bytes %d", start)) && !strings.HasPrefix(s, "bytes +") && !strings.HasPrefix(s, "bytes 0") {
			t.Errorf("%q: %d, %d", s, start, total)
		}
	})
}
