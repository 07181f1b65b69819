package fetch

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// proofFile makes the log of a proof file for the releases.
func proofFile(t testing.TB, s *mirrortest.Server, releases ...gosdk.Release) gosdk.Log {
	t.Helper()
	var b bytes.Buffer
	m := logSource(t, s)
	if err := gosdk.WriteProof(t.Context(), &b, gosdk.ProofOptions{Key: s.SumDBKey(), Remote: m, Releases: releases}); err != nil {
		t.Fatal(err)
	}
	p, err := gosdk.OpenProof(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	log, err := gosdk.NewLog(s.SumDBKey(), p.ReadRemote)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// Who vouches, and what is refused when nobody does. The zip lies in a folder, so
// nothing but the word about it decides.
func TestVouchers(t *testing.T) {
	files := release()
	zip, tgz, sum := moduleZip(t, files), archiveOf(t, files), h1(t, demo, files)
	other := gosdk.Release{Version: "go1.26.7", GOOS: "linux", GOARCH: "arm64"}
	db := database(t, map[gosdk.Release]string{demo: sum, other: "h1:other="})
	liar := database(t, map[gosdk.Release]string{demo: h1(t, demo, with(files, "bin/go", "evil"))})
	unaware := database(t, map[gosdk.Release]string{other: "h1:other="})
	dir := folder(t, map[string]string{zipName: string(zip)})
	tars := folder(t, map[string]string{tarName: string(tgz)})
	log, proof := logOf(t, db, db.URL(mirrortest.OK)), proofFile(t, db, demo)
	otherProof := proofFile(t, db, other)
	for _, c := range []struct {
		name  string
		o     Options
		by    Voucher
		fails string
		kind  msg.Kind
	}{
		{"database", Options{Dir: dir, Log: log}, Database, "", 0},
		{"database and archive", Options{Dir: tars, Log: log}, Database, "", 0},
		{"proof file", Options{Dir: dir, Proof: proof, Offline: true}, ProofFile, "", 0},
		{"proof file first", Options{Dir: dir, Proof: proof, Log: log}, ProofFile, "", 0},
		{"proof of another release", Options{Dir: dir, Proof: otherProof, Log: log}, Database, "", 0},
		{"proof of another release, offline", Options{Dir: dir, Proof: otherProof, Log: log, Offline: true}, "", "does not cover", msg.Incomplete},
		{"pinned h1", Options{Dir: dir, H1: sum, Log: logOf(t, liar, liar.URL(mirrortest.OK))}, PinnedH1, "", 0},
		{"pinned archive", Options{Dir: tars, SHA256: sha(tgz), Offline: true}, PinnedSHA256, "", 0},
		{"both pins", Options{Dir: tars, SHA256: sha(tgz), H1: sum}, PinnedH1, "", 0},
		{"pinned archive, but the zip is there", Options{Dir: dir, SHA256: sha(tgz), Log: log}, Database, "", 0},
		{"pinned archive, the zip is there, no log", Options{Dir: dir, SHA256: sha(tgz)}, "", "neither a pin", msg.Incomplete},
		{"another h1", Options{Dir: dir, H1: h1(t, other, files)}, "", "the pin says h1:", msg.Findings},
		{"another archive", Options{Dir: tars, SHA256: sha(zip), Log: log}, "", "its SHA-256 is", msg.Findings},
		{"one pin of two", Options{Dir: tars, SHA256: sha(zip), H1: sum}, "", "its SHA-256 is", msg.Findings},
		{"other pin of two", Options{Dir: tars, SHA256: sha(tgz), H1: h1(t, other, files)}, "", "the pin says h1:", msg.Findings},
		{"database says otherwise", Options{Dir: dir, Log: logOf(t, liar, liar.URL(mirrortest.OK))}, "", "the checksum database says h1:", msg.Findings},
		{"database does not know it", Options{Dir: dir, Log: logOf(t, unaware, unaware.URL(mirrortest.OK))}, "", "linux/arm64: look up golang.org/toolchain@", msg.Incomplete},
		{"database lies", Options{Dir: dir, Log: logOf(t, db, db.URL(mirrortest.BadRecord))}, "", "does not prove itself", msg.Findings},
		{"database out of reach", Options{Dir: dir, Log: logOf(t, db, db.URL(mirrortest.Forbidden))}, "", "look up", msg.Incomplete},
		{"nobody", Options{Dir: dir}, "", "neither a pin nor a proof file", msg.Incomplete},
		{"offline", Options{Dir: dir, Log: log, Offline: true}, "", "neither a pin nor a proof file", msg.Incomplete},
		{"no pin", Options{Dir: dir, H1: "sha256:x"}, "", "read pin", msg.Usage},
		{"short pin", Options{Dir: dir, SHA256: "abcd"}, "", "read pin", msg.Usage},
		{"folder with nothing", Options{Dir: t.TempDir(), H1: sum}, "", "is no GOROOT and has neither", msg.Incomplete},
		{"folder that is not there", Options{Dir: filepath.Join(dir, "x"), H1: sum}, "", "look into folder", msg.Incomplete},
		{"no place", Options{H1: sum}, "", "no place to take it from", msg.Incomplete},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Cache = t.TempDir()
			s, err := found(t, c.o)
			switch {
			case c.fails == "" && (err != nil || s.H1 != sum || s.Proof.By != c.by):
				t.Errorf("%v, %+v", err, s)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails) || msg.KindOf(err) != c.kind || c.kind != msg.Usage && msg.Hint(err).IsZero()):
				t.Errorf("%v, kind %d, hint %q", err, msg.KindOf(err), msg.Hint(err))
			}
		})
	}
}

// Where nobody vouches, nothing is fetched.
func TestNothingIsFetchedInVain(t *testing.T) {
	files := release()
	m := serve(t, moduleZip(t, files))
	for _, o := range []Options{{}, {SHA256: sha([]byte("x"))}} {
		o.Cache, o.Mirrors = t.TempDir(), proxies(t, m.list("ok"))
		if _, err := found(t, o); err == nil || len(m.requests()) > 0 {
			t.Errorf("%v, %v", err, m.requests())
		}
	}
	if _, err := found(t, Options{Cache: t.TempDir(), Mirrors: proxies(t, m.list("ok")), Archives: m.bases("ok"), H1: h1(t, demo, files), Offline: true}); err == nil || len(m.requests()) > 0 {
		t.Errorf("offline: %v, %v", err, m.requests())
	}
	if _, err := found(t, Options{Mirrors: proxies(t, m.list("ok")), H1: h1(t, demo, files)}); msg.KindOf(err) == msg.Findings || len(m.requests()) > 0 {
		t.Errorf("no cache: %v, %v", err, m.requests())
	}
}

// The toolchain of the old LoongArch world has its name in common with upstream's,
// so neither the module nor the usual archives nor the log may speak for it.
func TestOldWorld(t *testing.T) {
	loong := gosdk.Release{Version: "go1.26.4", GOOS: "linux", GOARCH: "loong64"}
	files := map[string]string{"VERSION": "go1.26.4 loongson\n", "bin/go": "go", "pkg/tool/linux_loong64/compile": "old world", "src/go.mod": "module std\n"}
	tgz, sum := archiveOf(t, files), h1(t, loong, files)
	db := database(t, map[gosdk.Release]string{loong: sum})
	m := serve(t, tgz)
	find := func(abi string, o Options) (*SDK, error) {
		o.Client = client(t, httpx.Options{})
		s, err := Find(t.Context(), loong, abi, o)
		if err == nil {
			t.Cleanup(s.close)
		}
		return s, err
	}
	cache := t.TempDir()
	pinned := Options{Cache: cache, SHA256: sha(tgz), Archives: []string{m.URL + "/ok/abi1.0/go1.26.4.linux-loong64.tar.gz"}}
	s, err := find("abi1.0", pinned)
	if err != nil || s.ABI != "abi1.0" || s.Proof.By != PinnedSHA256 || s.H1 != sum {
		t.Fatalf("%v, %+v", err, s)
	}
	if s, err := find("abi1.0", Options{Cache: cache, H1: sum, Offline: true}); err != nil || s.Proof.By != PinnedH1 {
		t.Errorf("from the cache: %v", err)
	}
	if s, err := find("abi1.0", Options{Dir: folder(t, files), H1: sum}); err != nil || s.ABI != "abi1.0" {
		t.Errorf("from a GOROOT: %v", err)
	}
	// The same name in another world is not found there.
	if _, err := find("", Options{Cache: cache, H1: sum, Archives: []string{}}); err == nil {
		t.Error("the old world's SDK was taken for the new world's")
	}
	if _, err := find("abi1.0", Options{Cache: cache, Log: logOf(t, db, db.URL(mirrortest.OK)), Archives: m.bases("ok")}); msg.KindOf(err) != msg.Usage || !strings.Contains(msg.Hint(err).EN, "pin the SHA-256") {
		t.Errorf("without a pin: %v", err)
	}
	before := len(m.requests())
	if _, err := find("abi1.0", Options{Cache: t.TempDir(), H1: sum, Mirrors: proxies(t, m.list("ok"))}); err == nil || len(m.requests()) != before {
		t.Errorf("a module mirror was asked for an ABI of its own: %v", err)
	}
	if _, err := find("../abi", pinned); msg.KindOf(err) != msg.Usage {
		t.Errorf("ABI: %v", err)
	}
}

// A pin of another platform's archive vouches for the wrong thing.
func TestWrongRelease(t *testing.T) {
	files := release()
	amd := with(files, "pkg/tool/linux_amd64/compile", "x")
	delete(amd, "pkg/tool/linux_arm64/compile")
	older := with(files, "VERSION", "go1.26.7\n")
	for fails, tgz := range map[string][]byte{"no compiler of go1.26.8 linux/arm64": archiveOf(t, amd), `but says "go1.26.7"`: archiveOf(t, older)} {
		dir := folder(t, map[string]string{tarName: string(tgz)})
		if _, err := found(t, Options{Dir: dir, Cache: t.TempDir(), SHA256: sha(tgz)}); err == nil || !strings.Contains(err.Error(), fails) || msg.KindOf(err) != msg.Findings {
			t.Errorf("%v, not %s", err, fails)
		}
	}
	for _, files := range []map[string]string{amd, older} {
		if _, err := found(t, Options{Dir: folder(t, files), H1: h1(t, demo, files)}); err == nil || !strings.Contains(err.Error(), "not go1.26.8 linux/arm64") {
			t.Errorf("GOROOT: %v", err)
		}
	}
	if _, err := Find(t.Context(), gosdk.Release{Version: "go1.20", GOOS: "linux", GOARCH: "arm64"}, "", Options{}); msg.KindOf(err) != msg.Usage {
		t.Errorf("go1.20: %v", err)
	}
}

// The log is reached as long as one mirror leads to it.
func TestNewLog(t *testing.T) {
	sum := "h1:demo="
	db := database(t, map[gosdk.Release]string{demo: sum})
	for modes, ok := range map[string]bool{
		"ok": true, "nosumdb,ok": true, "500|ok": true, "badrecord,badkey,ok": true, "ok,500": true, "reset,html,ok": true,
		"nosumdb": false, "badkey": false, "badrecord,html": false,
	} {
		var list []string
		for _, mode := range strings.FieldsFunc(modes, func(r rune) bool { return r == ',' || r == '|' }) {
			list = append(list, db.URL(mirrortest.Mode(mode)))
		}
		got, err := gosdk.LoggedH1(t.Context(), logOf(t, db, "file:///nowhere,"+strings.Join(list, ",")+",direct"), demo)
		if ok != (err == nil && got == sum) {
			t.Errorf("%s: %q, %v", modes, got, err)
		}
	}
	c := client(t, httpx.Options{})
	if _, err := NewLog(LogOptions{DB: goenv.SumDB{Off: true}, Client: c}); msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() {
		t.Errorf("off: %v", err)
	}
	for value, want := range map[string]string{"": "https://sum.golang.org https://sum.golang.google.cn", "sum.golang.google.cn": "https://sum.golang.google.cn", db.SumDBKey(): "https://sum.corp.test", db.SumDBKey() + " https://db.test/x": "https://db.test/x"} {
		o := LogOptions{Mirrors: proxies(t, "https://u:C0FFEE@a.example,file:///nowhere,direct"), Client: c}
		if value != "" {
			var err error
			if o.DB, err = goenv.ParseSumDB(value); err != nil {
				t.Fatal(err)
			}
		}
		l, err := NewLog(o)
		if err != nil {
			t.Fatal(err)
		}
		if l.Proven() != nil {
			t.Error("proven before it was asked")
		}
		var got []string
		for _, w := range l.ways {
			got = append(got, w.Name)
		}
		if want := "https://a.example " + want; strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", value, got, want)
		}
	}
}
