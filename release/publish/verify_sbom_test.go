package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// withBill is a release of one archive, one bare binary and their bill, which lie
// may change.
func withBill(t *testing.T, format, about string, lie func(*sbom.Subject)) *release {
	t.Helper()
	amd := mustTarget("linux/amd64")
	content := program(t, *amd)
	r := newRelease("demo", "1.2.0")
	r.addArchive(t, "demo.tar.gz", amd, archive.TarGz, map[string][]byte{"bin/demo": content})
	r.add(manifest.Artifact{Name: "demo", Kind: manifest.KindBinary, Target: amd, Binaries: []manifest.Binary{binaryOf(t, "demo", *amd, content)}}, content)
	programs, err := sbom.Read(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	s := sbom.Subject{Project: "demo", Version: "1.2.0", Artifact: about, Binaries: []sbom.Binary{{Name: "demo", SHA256: sha256Of(content), Programs: programs}}}
	for _, a := range r.Artifacts {
		if a.Name == about {
			s.SHA256 = a.SHA256
		}
	}
	if lie != nil {
		lie(&s)
	}
	doc, err := sbom.Write(format, s)
	if err != nil {
		t.Fatal(err)
	}
	r.add(manifest.Artifact{Name: "demo.bill.json", Kind: manifest.KindSBOM, Format: format, About: about}, doc)
	return r
}

// A bill of materials is held against the program, although its digest is right.
func TestVerifyBills(t *testing.T) {
	module := func(s *sbom.Subject) {
		p := *s.Binaries[0].Programs[0]
		p.Deps = append(p.Deps, sbom.Module{Path: "example.cn/hidden", Version: "v1.0.0"})
		s.Binaries[0].Programs = []*sbom.Program{&p}
	}
	for _, tc := range []struct {
		name, about string
		lie         func(*sbom.Subject)
		want        string // in the finding; "" = passed
	}{
		{"honest about an archive", "demo.tar.gz", nil, ""},
		{"honest about a binary", "demo", nil, ""},
		{"honest about the release", "", nil, ""},
		{"a module too many", "demo.tar.gz", module, "differs from the program demo in example.cn/hidden@v1.0.0"},
		{"a module too many, release", "", module, "differs from the program demo in example.cn/hidden@v1.0.0"},
		{"another Go", "demo", func(s *sbom.Subject) {
			p := *s.Binaries[0].Programs[0]
			p.Go = "go1.0"
			s.Binaries[0].Programs = []*sbom.Program{&p}
		}, "in std@"},
		{"another version", "demo", func(s *sbom.Subject) { s.Version = "1.1.9" }, "in example.com/demo@v1.2.0"},
		{"another program", "demo.tar.gz", func(s *sbom.Subject) { s.Binaries[0].SHA256 = strings.Repeat("0", 64) }, "which demo.tar.gz does not hold"},
		{"no program", "demo.tar.gz", func(s *sbom.Subject) { s.Binaries = nil }, "lacks a program of demo.tar.gz"},
		{"another archive", "demo.tar.gz", func(s *sbom.Subject) { s.SHA256 = strings.Repeat("0", 64) }, "demo.tar.gz has"},
		{"an artifact that is not there", "gone.tar.gz", nil, "which the release does not have"},
	} {
		for _, format := range []string{sbom.CycloneDX, sbom.SPDX} {
			t.Run(tc.name+" "+format, func(t *testing.T) {
				st := newStore(t)
				mustPublish(t, st, withBill(t, format, tc.about, tc.lie))
				r, err := Verify(t.Context(), st, VerifyOptions{})
				if r == nil {
					t.Fatal(err)
				}
				var said []string
				for _, f := range r.Projects[0].Findings {
					said = append(said, f.Code+" "+f.Subject+" "+f.Text.EN)
				}
				var status Status
				for _, a := range r.Projects[0].Artifacts {
					if a.Name == "demo.bill.json" {
						status = a.Status
						if a.Note != nil {
							t.Errorf("note %v", a.Note)
						}
					}
				}
				got := strings.Join(said, "\n")
				if tc.want == "" {
					if got != "" || status != Passed {
						t.Errorf("%s: %s", status, got)
					}
					return
				}
				if !strings.Contains(got, "VRF025 demo/1.2.0/demo.bill.json ") || !strings.Contains(got, tc.want) || status != Failed || msg.KindOf(err) != msg.Findings {
					t.Errorf("%s: %s (%v)", status, got, err)
				}
			})
		}
	}
}

// What another program wrote is compared by digest alone, and the report says so;
// a byte that was changed is found in any case.
func TestVerifyForeignBill(t *testing.T) {
	st := newStore(t)
	r := newRelease("demo", "1.2.0", "a=a")
	r.add(manifest.Artifact{Name: "x.sbom.json", Kind: manifest.KindSBOM}, []byte(`{"spdxVersion":"SPDX-2.3","creationInfo":{"creators":["Tool: syft-1.0"]}}`))
	mustPublish(t, st, r)
	rep := mustVerify(t, st, VerifyOptions{})
	if a := rep.Projects[0].Artifacts[len(rep.Projects[0].Artifacts)-1]; a.Note == nil || !strings.Contains(a.Note.EN, "another program made it") {
		t.Errorf("%+v", a)
	}
	put(t, st, "demo/1.2.0/x.sbom.json", strings.Replace(get(t, st, "demo/1.2.0/x.sbom.json"), "syft-1.0", "syft-1.1", 1))
	_, err := Verify(t.Context(), st, VerifyOptions{})
	if err == nil || !strings.Contains(err.Error(), "x.sbom.json") {
		t.Errorf("a flipped byte: %v", err)
	}
}

func TestVerifyScans(t *testing.T) {
	st := newStore(t)
	mustPublish(t, st, withBill(t, sbom.SPDX, "demo", nil))
	asked := 0
	found := []Vulnerability{{"error", msg.Text{EN: "a hole", ZH: "漏洞"}}, {"warning", msg.Text{EN: "near a hole", ZH: "邻近漏洞"}}}
	r, err := Verify(t.Context(), st, VerifyOptions{Scan: func(_ context.Context, file string) ([]Vulnerability, error) {
		asked++
		if _, err := sbom.ReadFile(file); err != nil {
			t.Errorf("there is no program to be asked about: %v", err)
		}
		return found, nil
	}})
	if msg.KindOf(err) != msg.Findings || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
	if s := fmt.Sprint(r.Projects[0].Findings); strings.Count(s, "VRF026") != 4 || !strings.Contains(s, "demo.tar.gz!bin/demo") {
		t.Errorf("findings %s", s)
	}
	_, err = Verify(t.Context(), st, VerifyOptions{Scan: func(context.Context, string) ([]Vulnerability, error) { return nil, errors.New("no answer") }})
	if msg.KindOf(err) != msg.Incomplete {
		t.Errorf("a scan that failed: %v", err)
	}
}
