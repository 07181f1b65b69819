package assemble

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var (
	epoch    = time.Unix(0, 0)
	released = time.Date(2026, 8, 28, 16, 20, 6, 0, time.UTC)
)

func testCache(t testing.TB) *cache {
	t.Helper()
	c, err := openCache(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestUserLayer(t *testing.T) {
	for name, tc := range map[string]struct {
		root []entry
		want []string
	}{
		"scratch": {nil, []string{
			"0755 cache/ 0", "1777 cache/go-build/ 0", "1777 cache/mod/ 0", "0755 etc/ 0", "0644 etc/group 27", "0644 etc/passwd 85",
			"1777 go/ 0", "0755 home/ 0", "1777 home/builder/ 0", "1777 src/ 0", "1777 tmp/ 0", "0755 usr/ 0", "0755 usr/local/ 0",
		}},
		"debian": {debianRoot("amd64"), []string{
			"0755 cache/ 0", "1777 cache/go-build/ 0", "1777 cache/mod/ 0", "0644 etc/group 27", "0644 etc/passwd 124",
			"1777 go/ 0", "0755 home/ 0", "1777 home/builder/ 0", "1777 src/ 0",
		}},
		"a Go of its own, /home elsewhere": {debianRoot("amd64",
			entry{name: "usr/local/go/VERSION", content: "go1.4"}, entry{name: "home", kind: tar.TypeSymlink, link: "var/home"}, entry{name: "var/home/"},
			entry{name: "etc/passwd", content: "nonroot:x:65532:65532::/:/bin/sh\n"}, entry{name: "etc/group", content: "builder:x:7:"}), []string{
			"0755 cache/ 0", "1777 cache/go-build/ 0", "1777 cache/mod/ 0", "0644 etc/group 31", "1777 go/ 0", "1777 src/ 0",
			"0644 usr/local/.wh.go 0", "1777 var/home/builder/ 0",
		}},
	} {
		l, warnings, err := userLayer(treeOf(t, tc.root), Gzip, released)
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		if got := listLayer(t, l); !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n%s", name, strings.Join(got, "\n"))
		}
	}
}

func TestUserLayerIsIdempotent(t *testing.T) {
	tr := treeOf(t, debianRoot("amd64"))
	first, _, err := userLayer(tr, Gzip, released)
	if err != nil {
		t.Fatal(err)
	}
	r, err := first.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.scan(t.Context(), r, false); err != nil {
		t.Fatal(err)
	}
	if got := string(tr.read("etc/passwd")); !strings.HasSuffix(got, "\nbuilder:x:65532:65532:Go builder:/home/builder:/bin/sh\n") || strings.Count(got, "builder:x") != 1 {
		t.Errorf("passwd:\n%s", got)
	}
	second, _, err := userLayer(tr, Gzip, released)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range listLayer(t, second) {
		if strings.Contains(line, "etc/") {
			t.Errorf("the second time: %s", line)
		}
	}
}

func TestEnter(t *testing.T) {
	const line = "%s:x:65532:\n"
	for old, want := range map[string]string{
		"":                              "builder:x:65532:\n",
		"root:x:0:\n":                   "root:x:0:\nbuilder:x:65532:\n",
		"root:x:0:":                     "root:x:0:\nbuilder:x:65532:\n",
		"builder:x:1000:\n":             "builder:x:1000:\nbuilder2:x:65532:\n",
		"builder:x:1:\nbuilder2:x:2:\n": "builder:x:1:\nbuilder2:x:2:\nbuilder3:x:65532:\n",
		"other:x:65532:\n":              "other:x:65532:\n",
		"+::\n# odd\n":                  "+::\n# odd\nbuilder:x:65532:\n",
	} {
		got, changed := enter([]byte(old), line)
		if string(got) != want || changed != (old != want) {
			t.Errorf("%q: %q, %v", old, got, changed)
		}
		if again, changed := enter(got, line); changed || string(again) != want {
			t.Errorf("%q: twice gives %q", old, again)
		}
	}
}

func TestPasswdBehindAnUnusualLink(t *testing.T) {
	tr := treeOf(t, []entry{{name: "etc/passwd", kind: tar.TypeSymlink, link: "../data/users"}, {name: "data/users", content: "root:x:0:0::/:/bin/sh\n"}})
	l, warnings, err := userLayer(tr, Gzip, released)
	if err != nil || len(warnings) != 1 || warnings[0].Code != "base-passwd-unreadable" {
		t.Errorf("%+v, %v", warnings, err)
	}
	for _, line := range listLayer(t, l) {
		if strings.Contains(line, "passwd") {
			t.Error(line)
		}
	}
}

func TestSDKLayer(t *testing.T) {
	c := testCache(t)
	sdk := fakeSDK("arm64", nil)
	l, err := c.sdkLayer(t.Context(), sdk, Gzip, released, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := listLayer(t, l)
	for _, want := range []string{"0755 usr/local/go/ 0", "0755 usr/local/go/bin/go 64", "0644 usr/local/go/src/go.mod 11", "0755 usr/local/go/lib/wasm/go_js_wasm_exec 10",
		"0755 usr/local/go/src/名/ 0", "0644 usr/local/go/src/" + strings.Repeat("long/", 30) + "x.go 10"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	if got[0] != "0755 usr/local/go/ 0" {
		t.Errorf("it begins with %s: what is above belongs to the base", got[0])
	}
	if l.cached || l.origin != OfSDK {
		t.Errorf("%+v", l)
	}
	sdk.Files[0].Open = func() (io.ReadCloser, error) { t.Error("opened again"); return nil, errors.New("x") }
	again, err := c.sdkLayer(t.Context(), sdk, Gzip, released, nil)
	if err != nil || again.digest != l.digest || again.diffID != l.diffID || !again.cached {
		t.Errorf("from the cache: %+v, %v", again, err)
	}
	other, err := c.sdkLayer(t.Context(), fakeSDK("arm64", nil), Zstd, released, nil)
	if err != nil || other.diffID != l.diffID || other.digest == l.digest || other.media == l.media {
		t.Errorf("zstd: %+v, %v", other, err)
	}
	if got := listLayer(t, other); len(got) < 10 {
		t.Errorf("zstd: %v", got)
	}
}

func TestSDKThatIsNotWhatWasVouchedFor(t *testing.T) {
	c := testCache(t)
	changed := fakeSDK("amd64", nil)
	for i, f := range changed.Files {
		if f.Name == "bin/go" {
			changed.Files[i].Open = func() (io.ReadCloser, error) {
				return io.NopCloser(strings.NewReader(strings.Repeat("x", int(f.Size)))), nil
			}
		}
	}
	_, err := c.sdkLayer(t.Context(), changed, Gzip, released, nil)
	refused(t, err, "vouched for")
	if msg.KindOf(err) != msg.Findings {
		t.Errorf("kind %v", msg.KindOf(err))
	}

	shorter := fakeSDK("amd64", nil)
	shorter.Files[3].Size++
	if _, err := c.sdkLayer(t.Context(), shorter, Gzip, released, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short: %v", err)
	}
	unsorted := fakeSDK("amd64", nil)
	slices.Reverse(unsorted.Files)
	_, err = c.sdkLayer(t.Context(), unsorted, Gzip, released, nil)
	refused(t, err, "out of order")
	for _, bad := range []fetch.File{{Name: "../x", Mode: 0o644}, {Name: "/x", Mode: 0o644}, {Name: "a/./b", Mode: 0o644}, {Name: "", Mode: 0o644}} {
		_, err = c.sdkLayer(t.Context(), &fetch.SDK{H1: bad.Name, Files: []fetch.File{bad}}, Gzip, released, nil)
		refused(t, err, "no path within")
	}
	setuid := fakeSDK("amd64", nil)
	setuid.Files[0].Mode = 0o600
	_, err = c.sdkLayer(t.Context(), setuid, Gzip, released, nil)
	refused(t, err, "neither")

	nothingIn(t, c.dir+"/blobs/sha256")
	nothingIn(t, c.dir+"/layers")
}

func TestSDKTime(t *testing.T) {
	for text, want := range map[string]time.Time{
		"go1.26.8\ntime 2026-08-28T16:20:06Z\n": released,
		"go1.20.1\n":                            epoch.UTC(),
	} {
		got, err := sdkTime(fakeSDK("amd64", map[string]string{"VERSION": text}))
		if err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	_, err := sdkTime(fakeSDK("amd64", map[string]string{"VERSION": "go1.26.8\ntime yesterday\n"}))
	refused(t, err, "is no time")
	if got, err := sdkTime(&fetch.SDK{}); err != nil || got != epoch.UTC() {
		t.Errorf("%v, %v", got, err)
	}
}

// The cache is shared by processes that may die and by disks that may lie.
func TestCacheThatIsDamaged(t *testing.T) {
	c := testCache(t)
	sdk := fakeSDK("arm64", nil)
	l, err := c.sdkLayer(t.Context(), sdk, Gzip, released, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := c.blobPath(l.digest)
	whole, err := l.bytes()
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	write(t, path, damaged)
	if l, err = c.sdkLayer(t.Context(), sdk, Gzip, released, nil); err != nil || !l.cached {
		t.Fatal(err)
	}
	_, err = l.bytes()
	refused(t, c.forget(err), "damaged")
	if l, err = c.sdkLayer(t.Context(), sdk, Gzip, released, nil); err != nil || l.cached {
		t.Errorf("after it was forgotten: %v", err)
	}
	write(t, path, whole[:len(whole)-1]) // another size is not even taken
	if l, err = c.sdkLayer(t.Context(), sdk, Gzip, released, nil); err != nil || l.cached {
		t.Errorf("cut short: %v", err)
	}
	if got, err := l.bytes(); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("made anew: %d bytes, %v", len(got), err)
	}
}
