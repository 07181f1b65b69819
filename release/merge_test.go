package release

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// edit changes a JSON file by replacing text.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := strings.Replace(string(b), from, to, 1)
	if s == string(b) {
		t.Fatalf("%s holds no %s", path, from)
	}
	if err := os.WriteFile(path, []byte(s), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReadPartFindsDamage(t *testing.T) {
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, part string)
		want string
	}{
		{"no description", func(t *testing.T, p string) { os.Remove(filepath.Join(p, PartFile)) }, "no such file"},
		{"not JSON", func(t *testing.T, p string) { os.Truncate(filepath.Join(p, PartFile), 40) }, "unexpected end"},
		{"another schema", func(t *testing.T, p string) { edit(t, filepath.Join(p, PartFile), `"schema": 1`, `"schema": 9`) }, "schema 9"},
		{"a file that left", func(t *testing.T, p string) { os.Remove(filepath.Join(p, "hello_1.2.3_linux_amd64.tar.gz")) }, "no such file"},
		{"a shorter file", func(t *testing.T, p string) { os.Truncate(filepath.Join(p, "hello_1.2.3_linux_amd64.tar.gz"), 100) }, "is damaged"},
		{"a raw binary changed", func(t *testing.T, p string) { edit(t, filepath.Join(p, "bin/hello/hello"), "\x7fELF", "\x7fELG") }, "hello is damaged"},
		{"a name that leaves the folder", func(t *testing.T, p string) {
			edit(t, filepath.Join(p, PartFile), `"name": "hello_1.2.3_linux_amd64.tar.gz"`, `"name": "../hello_1.2.3_linux_amd64.tar.gz"`)
		}, "leaves the folder"},
		{"an absolute name", func(t *testing.T, p string) {
			edit(t, filepath.Join(p, PartFile), `"path": "bin/hello/hello"`, `"path": "/etc/passwd"`)
		}, "leaves the folder"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, dist := copyOfBuilt(t)
			dir := parts(r, dist)[0]
			if _, err := ReadPart(context.Background(), dir); err != nil {
				t.Fatal(err)
			}
			tc.do(t, dir)
			_, err := ReadPart(context.Background(), dir)
			says(t, err, tc.want)
		})
	}
}

func TestMerge(t *testing.T) {
	ctx := context.Background()
	r, from := copyOfBuilt(t)
	all := parts(r, from)
	_, twin := copyOfBuilt(t)
	edit(t, filepath.Join(parts(r, twin)[0], PartFile), `"builder": "`, `"builder": "twin, `)
	_, foreign := copyOfBuilt(t)
	edit(t, filepath.Join(parts(r, foreign)[1], PartFile), `"plan": "sha256:`, `"plan": "sha256:00`)
	_, other := copyOfBuilt(t)
	odd := parts(r, other)[1]
	p, err := ReadPart(ctx, odd)
	if err != nil {
		t.Fatal(err)
	}
	p.Builder = "odd one"
	p.Artifacts[0].SHA256 = "00" + p.Artifacts[0].SHA256[2:] // says so, and its bytes will too
	same := filepath.Join(t.TempDir(), "dist")
	for _, tc := range []struct {
		name  string
		parts []string
		want  string
	}{
		{"all", all, ""},
		{"a missing one", all[:1], "no part for linux/arm64"},
		{"none", nil, "no part for linux/amd64, linux/arm64"},
		{"one of another plan", []string{all[0], parts(r, foreign)[1]}, "belongs to another plan"},
		{"a duplicate with equal bytes", append(slices.Clone(all), parts(r, twin)[0]), ""},
	} {
		m, err := Merge(ctx, r.Plan, r.Dist, tc.parts, same)
		if tc.want != "" {
			says(t, err, tc.want)
			if msg.Hint(err).IsZero() {
				t.Errorf("%s: no hint", tc.name)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		again := 0
		for _, a := range m.Artifacts {
			if n := len(a.ReproducedBy); n == 2 && strings.HasPrefix(a.ReproducedBy[1], "twin, ") && !strings.HasPrefix(a.ReproducedBy[0], "twin, ") {
				again++
			} else if n != 0 {
				t.Errorf("%s: %q", tc.name, a.ReproducedBy)
			}
		}
		if wanted := len(tc.parts) - len(all); again != wanted {
			t.Errorf("%s: %d artifacts reproduced, want %d", tc.name, again, wanted)
		}
	}
	// Two parts whose descriptions differ: whether the bytes lie is ReadPart's matter.
	first, err := ReadPart(ctx, all[1])
	if err != nil {
		t.Fatal(err)
	}
	amd64, err := ReadPart(ctx, all[0])
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = choose(r.Plan, []*Part{amd64, first, p})
	says(t, err, "two parts differ in hello_1.2.3_linux_arm64.tar.gz")
	if err != nil && (!strings.Contains(err.Error(), "odd one") || !strings.Contains(err.Error(), first.Builder) || msg.KindOf(err) != msg.Findings) {
		t.Errorf("the builders are not named: %v", err)
	}
	p.Artifacts = nil
	_, _, err = choose(r.Plan, []*Part{amd64, first, p})
	says(t, err, "two parts differ in hello_1.2.3_linux_arm64.tar.gz")
}

// A second release into the same folder removes what the first one made, and
// nothing else.
func TestMergeCleansOnlyItsOwn(t *testing.T) {
	ctx := context.Background()
	r, dist := copyOfBuilt(t)
	old := filepath.Join(dist, "hello_1.2.2_linux_amd64.tar.gz")
	foreign := []string{"notes.txt", ".notes.part-x", "parts/linux_amd64.log", "parts/mine/file", "../beside"}
	for _, name := range append(foreign, "hello_1.2.2_linux_amd64.tar.gz", "parts/linux_riscv64/part.json", ".SHA256SUMS.part-123", "parts/darwin_all/bin/x/.x.part-1") {
		path := filepath.Join(dist, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := manifest.Read(filepath.Join(dist, manifest.FileName))
	if err != nil {
		t.Fatal(err)
	}
	m.Artifacts = append(m.Artifacts, manifest.Artifact{Name: filepath.Base(old), Kind: manifest.KindArchive}, manifest.Artifact{Name: "../beside", Kind: manifest.KindFile})
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dist, manifest.FileName), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Merge(ctx, r.Plan, r.Dist, parts(r, dist), dist); err != nil {
		t.Fatal(err)
	}
	for _, name := range foreign {
		if !exists(filepath.Join(dist, name)) {
			t.Errorf("%s was removed", name)
		}
	}
	for _, path := range []string{old, filepath.Join(dist, "parts", "linux_riscv64"), filepath.Join(dist, ".SHA256SUMS.part-123"), filepath.Join(dist, "parts", "darwin_all")} {
		if exists(path) {
			t.Errorf("%s is still there", path)
		}
	}
	got, err := ReadDist(ctx, dist)
	if err != nil || len(got.Artifacts) != 3 {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestChecksums(t *testing.T) {
	ctx := context.Background()
	const a, b = "hello_1.2.3_linux_amd64.tar.gz", "hello_1.2.3_linux_arm64.tar.gz"
	for _, tc := range []struct {
		name string
		sums *PlannedSums
		want string // file: number of hex digits and names, a line each
	}{
		{"none", nil, ""},
		{"sha256", &PlannedSums{Name: "SHA256SUMS", Algorithm: "sha256"}, "SHA256SUMS: 64 " + a + ", 64 " + b},
		{"sha512", &PlannedSums{Name: "s", Algorithm: "sha512"}, "s: 128 " + a + ", 128 " + b},
		{"crc32", &PlannedSums{Name: "s", Algorithm: "crc32"}, "s: 8 " + a + ", 8 " + b},
		{"blake3", &PlannedSums{Name: "s", Algorithm: "blake3"}, "s: 64 " + a + ", 64 " + b},
		{"split", &PlannedSums{Name: artifactMark + ".sha1", Algorithm: "sha1", Split: true}, a + ".sha1: 40 \n" + b + ".sha1: 40 "},
		{"ids", &PlannedSums{Name: "s", Algorithm: "sha256", IDs: []string{"none"}}, ""},
		{"ids that fit", &PlannedSums{Name: "s", Algorithm: "md5", IDs: []string{"default"}}, "s: 32 " + a + ", 32 " + b},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, dist := copyOfBuilt(t)
			plan := *r.Plan
			plan.Checksums = tc.sums
			m := plan.manifest()
			for _, art := range r.Manifest.Artifacts {
				if art.Kind == manifest.KindArchive {
					m.Artifacts = append(m.Artifacts, art)
				}
			}
			if err := addChecksums(ctx, &plan, r.Dist, nil, dist, m); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, art := range m.Artifacts[2:] {
				text, err := os.ReadFile(filepath.Join(dist, art.Name))
				if err != nil || int64(len(text)) != art.Size || art.Kind != manifest.KindChecksum {
					t.Fatalf("%v %+v", err, art)
				}
				var lines []string
				for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
					sum, name, _ := strings.Cut(line, "  ")
					file := name
					if name == "" {
						file = strings.TrimSuffix(art.Name, ".sha1")
					}
					own, err := shaOf(t, filepath.Join(dist, file)), error(nil)
					if tc.sums.Algorithm != "sha256" {
						own, err = digestOf(tc.sums.Algorithm, filepath.Join(dist, file))
					}
					if err != nil || own != sum {
						t.Errorf("%s: %s is %s, %v", file, sum, own, err)
					}
					lines = append(lines, strings.TrimSpace(strconv.Itoa(len(sum))+" "+name))
				}
				got = append(got, art.Name+": "+strings.Join(lines, ", "))
			}
			slices.Sort(got)
			want(t, "sums", strings.Join(got, "\n"), strings.ReplaceAll(tc.want, "40 ", "40"))
		})
	}
}

// Every algorithm that a configuration may name can be computed.
func TestAlgorithmsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "abc")
	if err := os.WriteFile(path, []byte("abc"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ algorithm, prefix string }{
		{"md5", "900150983cd24fb0d6963f7d28e17f72"}, {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"}, {"sha224", "23097d223405d822"},
		{"sha384", "cb00753f45a35e8b"}, {"sha512", "ddaf35a193617aba"}, {"crc32", "352441c2"},
		{"sha3-224", "e642824c3f8cf24a"}, {"sha3-256", "3a985da74fe225b2"}, {"sha3-384", "ec01498288516fc9"}, {"sha3-512", "b751850b1a57168a"},
		{"blake2b", "ba80a53f981c4d0d"}, {"blake2s", "508c5e8c327c14e2"}, {"blake3", "6437b3ac38465133"},
	} {
		if got, err := digestOf(tc.algorithm, path); err != nil || !strings.HasPrefix(got, tc.prefix) {
			t.Errorf("%s: %s, %v", tc.algorithm, got, err)
		}
	}
	if len(newHash) != 13 {
		t.Errorf("%d algorithms, 13 are tested", len(newHash))
	}
}
