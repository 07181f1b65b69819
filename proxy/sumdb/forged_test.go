package sumdb

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// forging answers as the log does, but what begins with prefix is altered.
func forging(log *mirrortest.Log, prefix string, alter func([]byte) []byte) mirror.Source {
	return func(ctx context.Context, path string) ([]byte, error) {
		data, err := log.Read(ctx, path)
		if err == nil && strings.HasPrefix(path, prefix) {
			data = alter(slices.Clone(data))
		}
		return data, err
	}
}

func flip(at int) func([]byte) []byte {
	return func(data []byte) []byte {
		data[(len(data)+at)%len(data)] ^= 1
		return data
	}
}

// Nothing forged is handed out or kept; an honest source behind the forger helps.
func TestP22Forged(t *testing.T) {
	log := grown(66_000, 20)
	other := mirrortest.NewLog("sum.site.test") // the same name, another key
	other.Fill(66_001)
	path, version := mod(3)
	line := []byte(mirrortest.H1(path + "@" + version))
	lie := func(data []byte) []byte { return bytes.Replace(data, line, []byte(mirrortest.H1("a lie")), 1) }
	for _, tc := range []struct {
		name   string
		prefix string
		alter  func([]byte) []byte
	}{
		{"record", "/lookup/", lie},
		{"record's number", "/lookup/", func(b []byte) []byte { return append([]byte("1"), b...) }},
		{"record of another module", "/lookup/", func([]byte) []byte { b, _ := log.Read(t.Context(), "/lookup/example.com/m@v1.0.4"); return b }},
		{"record is a page", "/lookup/", func([]byte) []byte { return []byte("please sign in") }},
		{"record is empty", "/lookup/", func([]byte) []byte { return nil }},
		{"lowest tile", "/tile/8/0/", flip(0)},
		{"lowest tile, end", "/tile/8/0/", flip(-1)},
		{"middle tile", "/tile/8/1/", flip(0)},
		{"top tile", "/tile/8/2/", flip(0)},
		{"short tile", "/tile/8/1/", func(b []byte) []byte { return b[:len(b)-1] }},
		{"head", "/latest", flip(30)},
		{"head with another key", "/latest", func([]byte) []byte { return other.Head(66_001) }},
	} {
		kept := newRAM()
		d := open(t, Options{Key: log.Key(), Cache: kept, Sources: []mirror.Source{forging(log, tc.prefix, tc.alter)}})
		if _, _, err := d.Sums(t.Context(), path, version); !errors.Is(err, proxy.ErrContent) {
			t.Errorf("%s: %v", tc.name, err)
		}
		d = open(t, Options{Key: log.Key(), Cache: kept, Sources: []mirror.Source{forging(log, tc.prefix, tc.alter), log.Read}})
		sums, _, err := d.Sums(t.Context(), path, version)
		if err != nil || sums.Zip != string(line) {
			t.Errorf("%s, with an honest source: %v %v", tc.name, sums, err)
		}
		honest := 0
		for key, data := range kept.m {
			if rel, ok := strings.CutPrefix(key, "sumdb/sum.site.test"); ok && !strings.HasPrefix(rel, "/latest") {
				truth, err := log.Read(t.Context(), rel)
				if err != nil || !bytes.HasPrefix(truth, data) {
					t.Errorf("%s: %s is kept", tc.name, key)
				}
				honest++
			}
		}
		if honest < 3 {
			t.Errorf("%s: %d files kept", tc.name, honest)
		}
		if err := newClient(t, open(t, Options{Key: log.Key(), Cache: kept}), log, nil).lookup(path, version); err != nil {
			t.Errorf("%s: a client: %v", tc.name, err)
		}
	}
}

// A database that forks, signed with its own key, is found out.
func TestFork(t *testing.T) {
	log := grown(3000, 20)
	d := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: newRAM()})
	path, version := mod(3)
	if _, _, err := d.Sums(t.Context(), path, version); err != nil {
		t.Fatal(err)
	}
	fork := log.Fork()
	fork.Fill(2000)
	fork.Add("example.com/evil", "v1.0.0", "", "")
	fork.Fill(4000)
	fork.Add("example.com/evil", "v1.1.0", "", "")
	d.p, _ = mirror.NewProver(mirror.ProverOptions{Key: log.Key(), Sources: []mirror.Source{fork.Read}, Kept: d.tiles})
	d.line = d.p.Timeline(d.line.Head(), d.moved)
	d.o.Sources = []mirror.Source{fork.Read}
	for _, version := range []string{"v1.0.0", "v1.1.0"} {
		if _, _, err := d.Sums(t.Context(), "example.com/evil", version); !errors.Is(err, proxy.ErrContent) {
			t.Errorf("%s: %v", version, err)
		}
	}
	if n, _ := d.Head(); n != 3000 {
		t.Errorf("head is %d", n)
	}
}

// P16: what was damaged in the cache is never handed out; with a network it is
// replaced.
func TestP16Damaged(t *testing.T) {
	log := grown(66_000, 20)
	path, version := mod(3)
	kept := newRAM()
	if _, _, err := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept}).Sums(t.Context(), path, version); err != nil {
		t.Fatal(err)
	}
	for key, sound := range maps.Clone(kept.m) {
		if strings.HasSuffix(key, "/latest") {
			continue
		}
		for name, damage := range map[string]func([]byte) []byte{"bit": flip(0), "end": flip(-1), "cut": func(b []byte) []byte { return b[:len(b)/2] }} {
			kept.m[key] = damage(slices.Clone(sound))
			off := open(t, Options{Key: log.Key(), Cache: kept})
			if _, _, err := off.Sums(t.Context(), path, version); err == nil {
				t.Errorf("%s of %s: believed", name, key)
			}
			if _, err := off.Check(t.Context()); err == nil {
				t.Errorf("%s of %s: checked and found sound", name, key)
			}
			sums, _, err := open(t, Options{Key: log.Key(), Sources: []mirror.Source{log.Read}, Cache: kept}).Sums(t.Context(), path, version)
			if err != nil || sums.Zip != mirrortest.H1(path+"@"+version) {
				t.Errorf("%s of %s: not mended: %v", name, key, err)
			}
			if !bytes.Equal(kept.m[key], sound) {
				t.Errorf("%s of %s: still damaged", name, key)
				kept.m[key] = sound
			}
		}
	}
}
