package trust

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestOneDownloadedFile(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	full, m := release(t, "1.0.0", 7)
	full.sign(t, m, mini, sm)
	own, err := SignFile(t.Context(), mini, "demo.tar.gz", full["demo.tar.gz"], nil)
	if err != nil || own.Name != "demo.tar.gz.minisig" {
		t.Fatal(own.Name, err)
	}
	full[own.Name] = own.Data
	all := []string{"SHA256SUMS", "SHA256SUMS.minisig", "SM3SUMS", "SM3SUMS.sm2sig", "manifest.json", "manifest.json.minisig", "demo.tar.gz.minisig"}
	flip := func(name string) func(shelf) {
		return func(s shelf) { s[name][len(s[name])-5] ^= 1 }
	}
	resigned := func(sums string) func(shelf) {
		return func(s shelf) {
			s[manifest.SumsName] = []byte(sums)
			sig, err := mini.Sign(t.Context(), "", bytes.NewReader(s[manifest.SumsName]), Comment{"demo", "1.0.0", 7}.String())
			if err != nil {
				t.Fatal(err)
			}
			s["SHA256SUMS.minisig"] = sig
		}
	}
	line := strings.Split(string(full[manifest.SumsName]), "\n")[0]
	for _, tc := range []struct {
		name   string
		beside []string
		keys   []*Key
		change func(shelf)
		want   string // in the error; "" = good
	}{
		{"sums", all[:2], []*Key{mini.Key()}, nil, ""},
		{"SM3 sums", all[2:4], []*Key{sm.Key()}, nil, ""},
		{"manifest", all[4:6], []*Key{mini.Key()}, nil, ""},
		{"its own signature", all[6:], []*Key{mini.Key()}, nil, ""},
		{"all there is", all, []*Key{mini.Key(), sm.Key()}, nil, ""},
		{"nothing", nil, []*Key{mini.Key()}, nil, "download demo.tar.gz.minisig, or SHA256SUMS"},
		{"sums alone", all[:1], []*Key{mini.Key()}, nil, "no trusted key has signed it"},
		{"a signature alone", all[1:2], []*Key{mini.Key()}, nil, "SHA256SUMS.minisig: what it signs, SHA256SUMS, is missing"},
		{"another key", all, []*Key{newMini(t).Key()}, nil, "no trusted key has signed it"},
		{"one of two keys", all[:2], []*Key{mini.Key(), sm.Key()}, nil, "1 of the 2"},
		{"the file", all[:4], []*Key{mini.Key(), sm.Key()}, flip("demo.tar.gz"), "demo.tar.gz: it is not the file that SHA256SUMS lists"},
		{"the file, by its own signature", all[6:], []*Key{mini.Key()}, flip("demo.tar.gz"), "demo.tar.gz.minisig: the signature does not fit"},
		{"the sums", all[:2], []*Key{mini.Key()}, flip("SHA256SUMS"), "SHA256SUMS.minisig: the signature does not fit the file: one of the two was changed (SHA256SUMS)"},
		{"the signature", all[:2], []*Key{mini.Key()}, flip("SHA256SUMS.minisig"), "SHA256SUMS.minisig: "},
		{"the SM2 signature", all[:4], []*Key{mini.Key(), sm.Key()}, flip("SM3SUMS.sm2sig"), "SM3SUMS.sm2sig: "},
		{"one bad among good", all, []*Key{mini.Key()}, flip("manifest.json"), "manifest.json"},
		// R15, though a trusted key signed it:
		{"a traversal", all[:2], []*Key{mini.Key()}, resigned(line + "\n" + line[:66] + "../x\n"), "SHA256SUMS: line 2: artifact \"../x\""},
		{"a name twice", all[:2], []*Key{mini.Key()}, resigned(line + "\n" + line + "\n"), "SHA256SUMS: line 2: \"demo.tar.gz\" occurs twice"},
		{"CRLF", all[:2], []*Key{mini.Key()}, resigned(line + "\r\n"), "SHA256SUMS: line 1 ends in a carriage return"},
		{"cut short", all[:2], []*Key{mini.Key()}, resigned(line), "cut short"},
		{"empty", all[:2], []*Key{mini.Key()}, resigned(""), "it is empty"},
		{"another file's line", all[:2], []*Key{mini.Key()}, resigned(line[:66] + "other\n"), "no trusted key has signed it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := full.clone()
			if tc.change != nil {
				tc.change(s)
			}
			some := shelf{"demo.tar.gz": s["demo.tar.gz"]}
			for _, name := range tc.beside {
				some[name] = s[name]
			}
			r, err := CheckFile(t.Context(), filepath.Join(some.onDisk(t), "demo.tar.gz"), Options{Policy: OfKeys(tc.keys...), Now: day})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(r.Err()); (r.Err() == nil) != r.OK || (tc.want == "") != r.OK || !strings.Contains(got, tc.want) {
				t.Errorf("%s\n%+v", got, r.Findings)
			}
			failures(r.Findings)
		})
	}
	if _, err := CheckFile(t.Context(), filepath.Join(t.TempDir(), "demo.tar.gz"), Options{Policy: OfKeys(mini.Key())}); err == nil {
		t.Error("a file that is not there")
	}
}

// Two releases of the project, downloaded one after the other.
func TestFileRollback(t *testing.T) {
	t.Parallel()
	mini := newMini(t)
	seen := Sequences{Dir: t.TempDir()}
	check := func(version string, sequence int64, downgrade bool) *FileReport {
		s, m := release(t, version, sequence)
		s.sign(t, m, mini)
		r, err := CheckFile(t.Context(), filepath.Join(s.onDisk(t), "demo.tar.gz"), Options{Policy: OfKeys(mini.Key()), Sequences: &seen, AllowDowngrade: downgrade, Now: day})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Record(t.Context(), seen); err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := check("2.0.0", 8, false); !r.OK || r.Version != "2.0.0" {
		t.Errorf("the newer: %+v", r)
	}
	if r := check("1.0.0", 7, false); r.OK || r.Findings[0].Code != CodeSequence {
		t.Errorf("the older: %+v", r)
	}
	if r := check("1.0.0", 7, true); !r.OK {
		t.Errorf("the older, allowed: %+v", r)
	}
	if r := check("1.9.0", 7, false); r.OK {
		t.Error("what was allowed once is remembered as the highest")
	}
	if err := os.WriteFile(seen.path("demo"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, m := release(t, "3.0.0", 9)
	s.sign(t, m, mini)
	if _, err := CheckFile(t.Context(), filepath.Join(s.onDisk(t), "demo.tar.gz"), Options{Policy: OfKeys(mini.Key()), Sequences: &seen, Now: day}); err == nil {
		t.Error("a damaged record counts as none")
	}
}

// What a signature says of the file's name and project is held against the file.
func TestWhatADownloadedFileIsOf(t *testing.T) {
	t.Parallel()
	mini, sm := newMini(t), newSM2(t)
	full, m := release(t, "1.0.0", 7)
	full.sign(t, m, mini, sm)
	dir := t.TempDir()
	put := func(names ...string) {
		for _, n := range names {
			if err := os.WriteFile(filepath.Join(dir, n), full[n], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(name string, o Options) *FileReport {
		t.Helper()
		o.Now = day
		r, err := CheckFile(t.Context(), filepath.Join(dir, name), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// Renamed together with its signature.
	own, err := SignFile(t.Context(), mini, "demo.tar.gz", full["demo.tar.gz"], nil)
	if err != nil {
		t.Fatal(err)
	}
	full["evil.tar.gz"], full["evil.tar.gz.minisig"] = full["demo.tar.gz"], own.Data
	put("evil.tar.gz", "evil.tar.gz.minisig")
	if r := check("evil.tar.gz", Options{Policy: OfKeys(mini.Key())}); r.OK || !strings.Contains(fmt.Sprint(failures(r.Findings)), "a file named demo.tar.gz") {
		t.Errorf("renamed: %+v", r)
	}
	// SM2 signatures do not say of which project they are; the manifest does.
	put("demo.tar.gz", manifest.SM3SumsName, "SM3SUMS.sm2sig")
	p := OfKeys(sm.Key())
	if r := check("demo.tar.gz", Options{Policy: p}); !r.OK || r.Project != "" {
		t.Errorf("without projects: %+v", r)
	}
	p.Projects = []string{"other"}
	if r := check("demo.tar.gz", Options{Policy: p}); r.OK || !strings.Contains(fmt.Sprint(failures(r.Findings)), "download manifest.json") {
		t.Errorf("for another project, not told: %+v", r)
	}
	put(manifest.FileName, "manifest.json.sm2sig")
	if r := check("demo.tar.gz", Options{Policy: p}); r.OK || !strings.Contains(fmt.Sprint(failures(r.Findings)), "not for the project demo") {
		t.Errorf("for another project: %+v", r)
	}
	p.Projects = []string{"demo"}
	seen := &Sequences{Dir: t.TempDir()}
	if err := seen.Record(t.Context(), Comment{"demo", "2.0.0", 8}, p.Keys); err != nil {
		t.Fatal(err)
	}
	r := check("demo.tar.gz", Options{Policy: p, Sequences: seen, AllowDowngrade: true})
	if !r.OK || r.Project != "demo" || r.Version != "1.0.0" {
		t.Errorf("for this project: %+v", r)
	}
	if r := check("demo.tar.gz", Options{Policy: p, Sequences: seen}); r.OK || !strings.Contains(fmt.Sprint(failures(r.Findings)), "2.0.0") {
		t.Errorf("an older one, by SM2 alone: %+v", r)
	}
	// A manifest of one release beside the sums of another.
	later, m2 := release(t, "1.0.1", 9)
	later.sign(t, m2, mini, sm)
	full[manifest.SumsName], full["SHA256SUMS.minisig"] = later[manifest.SumsName], later["SHA256SUMS.minisig"]
	put(manifest.SumsName, "SHA256SUMS.minisig")
	if r := check("demo.tar.gz", Options{Policy: OfKeys(mini.Key(), sm.Key())}); r.OK {
		t.Errorf("two releases mixed: %+v", r)
	}
}
