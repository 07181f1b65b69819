package publish

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestPublishLaysOutTheStore(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	res := mustPublish(t, st, newRelease("demo", "1.2.0", "b.tar.gz=bb", "a.zip=", "c.deb=ccc"))
	want := []string{
		"demo/1.2.0/SHA256SUMS", "demo/1.2.0/a.zip", "demo/1.2.0/b.tar.gz", "demo/1.2.0/c.deb", "demo/1.2.0/manifest.json",
		"demo/index.html", "demo/index.json", "demo/install.sh", "demo/latest.json",
	}
	if got := keys(t, st, ""); !slices.Equal(got, want) {
		t.Errorf("objects %q\nwant    %q", got, want)
	}
	if res.Uploaded != 3 || res.Skipped != 0 || res.Bytes != 5 || res.Already || res.Latest != "1.2.0" || len(res.Warnings) > 0 {
		t.Errorf("result %+v", res)
	}
	if got := get(t, st, "demo/1.2.0/SHA256SUMS"); !strings.HasPrefix(got, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.zip\n") {
		t.Errorf("SHA256SUMS:\n%s", got)
	}
	mustVerify(t, st, VerifyOptions{})
}

// Every byte must arrive, in parts of every shape.
func TestPublishInParts(t *testing.T) {
	t.Parallel()
	big := make([]byte, 100_000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(big)
	for _, part := range []int64{1_000, 33_333, 50_000, 99_999, 100_000, 100_001} {
		st := newStore(t)
		r := newRelease("demo", "1.0.0", "small=x")
		r.add(manifest.Artifact{Name: "big", Kind: manifest.KindFile}, big)
		var last Event
		o := quick
		o.PartSize, o.Connections = part, 3
		o.Progress = func(e Event) { last = e }
		if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
			t.Fatal(err)
		}
		if get(t, st, "demo/1.0.0/big") != string(big) {
			t.Errorf("parts of %d: other bytes arrived", part)
		}
		if last.Stage != "done" || last.Done != 100_001 || last.Total != 100_001 {
			t.Errorf("parts of %d: last event %+v", part, last)
		}
	}
}

// The order that the package comment promises, taken from the calls.
func TestPublishOrder(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	mustPublish(t, bare, newRelease("demo", "1.0.0", "old=1"))
	rec := storetest.Record(bare)
	r := newRelease("demo", "1.1.0", "a=aaaa", "b=bbbb", "c=cccc")
	o := quick
	o.PartSize, o.Connections = 1, 4
	if _, err := Publish(t.Context(), rec, r.Manifest, r.open, o); err != nil {
		t.Fatal(err)
	}
	var stages [][]storetest.Call
	stages = append(stages, rec.Calls(store.OpPart))
	var claim, fixedObjects, drop []storetest.Call
	moving := map[string][]storetest.Call{}
	for _, c := range rec.Calls() {
		switch name := c.Key[strings.LastIndexByte(c.Key, '/')+1:]; {
		case c.Key == ClaimKey("demo", "1.1.0") && c.Op == store.OpPut:
			claim = append(claim, c)
		case c.Key == ClaimKey("demo", "1.1.0") && c.Op == store.OpDelete:
			drop = append(drop, c)
		case c.Op == store.OpPut && (name == manifest.SumsName || name == manifest.FileName):
			fixedObjects = append(fixedObjects, c)
		case c.Op == store.OpPut:
			moving[name] = append(moving[name], c)
		}
	}
	stages = append(stages, claim, rec.Calls(store.OpCommit), fixedObjects[:1], fixedObjects[1:], drop,
		moving[IndexName], moving[PageName], moving[InstallName], moving[LatestName])
	counts := []int{12, 1, 3, 1, 1, 1, 1, 1, 1, 1}
	for i, stage := range stages {
		if len(stage) != counts[i] {
			t.Errorf("stage %d: %v, want %d calls", i, stage, counts[i])
		}
		for _, c := range stage {
			if i == 0 {
				continue
			}
			for _, before := range stages[i-1] {
				if !before.Precedes(c) {
					t.Errorf("%v does not precede %v", before, c)
				}
			}
		}
	}
	if fixedObjects[1].Key != "demo/1.1.0/manifest.json" {
		t.Errorf("the manifest is not the last object of the version: %v", fixedObjects)
	}
	for _, c := range slices.Concat(rec.Calls(store.OpCommit), claim, fixedObjects) {
		if !c.IfAbsent {
			t.Errorf("%v may overwrite", c)
		}
	}
}

func TestPublishAgain(t *testing.T) {
	t.Parallel()
	bare := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1", "b=2", "c=3")
	mustPublish(t, bare, r)
	before := map[string]string{}
	for _, k := range keys(t, bare, "") {
		before[k] = get(t, bare, k)
	}
	rec := storetest.Record(bare)
	res := mustPublish(t, rec, r)
	if !res.Already || res.Uploaded != 0 || res.Skipped != 3 || res.Bytes != 0 {
		t.Errorf("result %+v", res)
	}
	if calls := rec.Calls(); len(calls) > 4 { // list, manifest, index, latest
		t.Errorf("%d requests: %v", len(calls), calls)
	}
	if calls := rec.Calls(store.OpPut, store.OpPart, store.OpBegin, store.OpDelete); len(calls) > 0 {
		t.Errorf("an unchanged version was written to: %v", calls)
	}

	// Whatever leads to the version, and whatever it lost, comes back.
	for _, lost := range keys(t, bare, "") {
		if lost == "demo/1.0.0/manifest.json" {
			continue // then it is a version that was interrupted
		}
		if err := bare.Delete(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
		mustPublish(t, bare, r)
		if got := get(t, bare, lost); got != before[lost] {
			t.Errorf("%s came back as %q, was %q", lost, got, before[lost])
		}
	}
	mustVerify(t, bare, VerifyOptions{})
}

func TestPublishRefusesOtherBytes(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, newRelease("demo", "1.0.0", "a=1", "b=2", "c=3"))
	for name, r := range map[string]*release{
		"b":    newRelease("demo", "1.0.0", "a=1", "b=X", "c=3"),
		"a, c": newRelease("demo", "1.0.0", "a=X", "b=2", "c=4"),
		"d":    newRelease("demo", "1.0.0", "a=1", "b=2", "c=3", "d=4"),
	} {
		before := keys(t, st, "")
		_, err := r.publish(t.Context(), st)
		if !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), ": "+name+": ") || msg.Hint(err).IsZero() {
			t.Errorf("%s: error %v, hint %v", name, err, msg.Hint(err))
		}
		if zh := msg.In(err, msg.Chinese); !strings.Contains(zh, "已发布且内容不同") {
			t.Errorf("%s: Chinese %q", name, zh)
		}
		if after := keys(t, st, ""); !slices.Equal(before, after) {
			t.Errorf("%s: the refusal changed the store: %q", name, after)
		}
	}
	if get(t, st, "demo/1.0.0/b") != "2" {
		t.Error("published bytes were replaced")
	}
}

// What an interrupted run left is kept when it is right and refused when not.
func TestPublishKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	put(t, st, "demo/1.0.0/a", "11")
	res := mustPublish(t, st, newRelease("demo", "1.0.0", "a=11", "b=22"))
	if res.Uploaded != 1 || res.Skipped != 1 || res.Already {
		t.Errorf("result %+v", res)
	}
	put(t, st, "demo/2.0.0/a", "1X")
	_, err := newRelease("demo", "2.0.0", "a=11", "b=22").publish(t.Context(), st)
	if !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), ": a: ") {
		t.Errorf("other bytes of the same size: %v", err)
	}
}

func TestPublishChecksWhatItSends(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"changed": "12X4", "cut": "123", "grown": "12345", "empty": ""} {
		st := newStore(t)
		r := newRelease("demo", "1.0.0", "first=1", "x=1234")
		r.files["x"] = []byte(content)
		_, err := r.publish(t.Context(), st)
		if err == nil || !strings.Contains(err.Error(), "artifact x is not what the manifest says") {
			t.Errorf("%s: %v", name, err)
		}
		if got := keys(t, st, ""); len(got) > 0 {
			t.Errorf("%s: left %q", name, got)
		}
	}
}

func TestPublishRefusesNames(t *testing.T) {
	t.Parallel()
	ok := strings.Repeat("a", 64)
	for _, tc := range []struct{ project, version, artifact string }{
		{"../demo", "1", "a"}, {"a/b", "1", "a"}, {"", "1", "a"}, {"-x", "1", "a"}, {"demo\n", "1", "a"}, {"..", "1", "a"},
		{"demo", "1/2", "a"}, {"demo", "..", "a"}, {"demo", "-1", "a"}, {"demo", "1\n2", "a"}, {"demo", ".claims", "a"}, {"demo", "latest.json", "a"},
		{"demo", "1", "../x"}, {"demo", "1", "a/b"}, {"demo", "1", `a\b`}, {"demo", "1", "--x"}, {"demo", "1", "a\x00"}, {"demo", "1", "manifest.json"},
		{"demo", "1", "Sha256Sums"}, {"demo", "1", ".hidden"},
	} {
		st := newStore(t)
		m := &manifest.Manifest{Schema: 1, Project: tc.project, Version: tc.version, Artifacts: []manifest.Artifact{{Name: tc.artifact, Kind: manifest.KindFile, SHA256: ok}}}
		if _, err := Publish(t.Context(), st, m, nil, quick); err == nil || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%q: error %v must come in both languages", tc, err)
		}
		if got := keys(t, st, ""); len(got) > 0 {
			t.Errorf("%q: left %q", tc, got)
		}
	}
}

// A manifest that no reader would accept must not get into a store.
func TestPublishRefusesUnreadableManifest(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	r.Artifacts[0].Binaries = []manifest.Binary{{Path: "a"}} // of no target
	if _, err := r.publish(t.Context(), st); err == nil {
		t.Error("published")
	}
	if got := keys(t, st, ""); len(got) > 0 {
		t.Errorf("left %q", got)
	}
}

func TestPublishNothingIsAnError(t *testing.T) {
	t.Parallel()
	_, err := newRelease("demo", "1.0.0").publish(t.Context(), newStore(t))
	if err == nil || msg.KindOf(err) != msg.Usage {
		t.Errorf("error %v of kind %d", err, msg.KindOf(err))
	}
}

// A project that brings its own SHA256SUMS keeps it.
func TestPublishOwnSums(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("demo", "1.0.0", "a=1")
	line := fmt.Sprintf("%s  a\n", r.Artifacts[0].SHA256)
	r.add(manifest.Artifact{Name: manifest.SumsName, Kind: manifest.KindChecksum}, []byte(line))
	mustPublish(t, st, r)
	if got := get(t, st, "demo/1.0.0/SHA256SUMS"); got != line {
		t.Errorf("SHA256SUMS %q, want %q", got, line)
	}
	mustVerify(t, st, VerifyOptions{})
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.tar.gz": "application/gzip", "a.zip": "application/zip", "a.deb": "application/vnd.debian.binary-package",
		"a.rpm": "application/x-rpm", "index.json": "application/json", "index.html": "text/html; charset=utf-8",
		"install.sh": "text/x-shellscript; charset=utf-8", "SHA256SUMS": "text/plain; charset=utf-8", "tool": "application/octet-stream",
	} {
		if got := contentType(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if o := fixed("x"); !o.IfAbsent || !strings.Contains(o.CacheControl, "immutable") {
		t.Errorf("options of a fixed object: %+v", o)
	}
	if o := moving("x"); o.IfAbsent || o.CacheControl != "no-cache" {
		t.Errorf("options of a moving object: %+v", o)
	}
}
