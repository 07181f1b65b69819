package manifest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

func sample() *Manifest {
	loong := target.Target{OS: "linux", Arch: "loong64", ABI1: true}
	return &Manifest{
		Schema: Schema, Project: "demo", Version: "1.2.3", Tag: "v1.2.3", Commit: strings.Repeat("a", 40),
		CommitTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Plan: "sha256:" + strings.Repeat("b", 64), Go: "go1.26.8",
		Artifacts: []Artifact{
			{Name: "SHA256SUMS", Kind: KindChecksum, Size: 70, SHA256: strings.Repeat("c", 64), CRC64: "1"},
			{Name: "demo_1.2.3_linux_loong64-abi1.0.tar.gz", Kind: KindArchive, Target: &loong, Format: "tar.gz", Size: 7, SHA256: strings.Repeat("d", 64), CRC64: "2",
				Binaries: []Binary{{Path: "demo", Build: "demo", Target: loong, Size: 5, SHA256: strings.Repeat("e", 64), Main: ".", Flags: []string{"-ldflags=-s -w -X main.a=<b>&c"}}}},
		},
	}
}

func TestMarshalIsOneFormAndComesBack(t *testing.T) {
	m := sample()
	b, err := m.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"target": "linux/loong64-abi1.0"`, `-X main.a=<b>&c`, `"schema": 1`, `"commit_time": "2026-01-02T03:04:05Z"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the file lacks %s:\n%s", want, b)
		}
	}
	if strings.Contains(string(b), "snapshot") || strings.Contains(string(b), "reproduced_by") {
		t.Errorf("empty fields are written:\n%s", b)
	}
	again, err := Parse("m", b)
	if err != nil {
		t.Fatal(err)
	}
	b2, err := again.Marshal()
	if err != nil || string(b2) != string(b) {
		t.Errorf("written again it differs (%v):\n%s", err, b2)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, change := range map[string]func(*Manifest){
		"schema 2":                 func(m *Manifest) { m.Schema = 2 },
		"demo/..":                  func(m *Manifest) { m.Project = "demo/.." },
		"-1":                       func(m *Manifest) { m.Version = "-1" },
		"../SHA256SUMS":            func(m *Manifest) { m.Artifacts[0].Name = "../SHA256SUMS" },
		"is taken":                 func(m *Manifest) { m.Artifacts[0].Name = strings.ToUpper(m.Artifacts[1].Name) },
		"manifest.json":            func(m *Manifest) { m.Artifacts[0].Name = "Manifest.json" },
		"unknown kind":             func(m *Manifest) { m.Artifacts[0].Kind = "archiv" },
		"control character":        func(m *Manifest) { m.Artifacts[0].Name = "a\nb" },
		"longer than 200":          func(m *Manifest) { m.Version = strings.Repeat("1", 201) },
		"a dash or a dot":          func(m *Manifest) { m.Artifacts[0].Name = ".claim" },
		"blank or one of":          func(m *Manifest) { m.Artifacts[0].Name = "a b" },
		`artifact "": it is empty`: func(m *Manifest) { m.Artifacts[0].Name = "" },
	} {
		m := sample()
		change(m)
		b, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		_, err = Parse("m.json", b)
		if err == nil || !strings.Contains(err.Error(), strings.TrimSuffix(name, "manifest.json")) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if zh := msg.In(err, msg.Chinese); zh == err.Error() {
			t.Errorf("%s: not told in Chinese: %s", name, zh)
		}
	}
}

func FuzzParse(f *testing.F) {
	b, err := sample().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"schema":1,"project":"a","version":"1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Parse("m", data)
		if err != nil {
			return
		}
		if !json.Valid(data) {
			t.Error("accepted what is not JSON")
		}
		for _, a := range m.Artifacts {
			if a.Name == "" || strings.ContainsAny(a.Name, "/\\\n") || strings.Contains(a.Name, "..") {
				t.Errorf("accepted the name %q", a.Name)
			}
		}
	})
}
