package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestGoReleaserSBOMs(t *testing.T) {
	for name, tc := range map[string]struct {
		yaml string
		want string // format, about, name and ids; or an error
	}{
		"nothing said":      {"[{}]", "spdx archive {{ .ArtifactName }}.sbom.json "},
		"archive":           {"[{artifacts: archive, ids: [a, b]}]", "spdx archive {{ .ArtifactName }}.sbom.json a,b"},
		"binary":            {"[{artifacts: binary}]", "spdx binary {{ .Binary }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}.sbom.json "},
		"package":           {"[{artifacts: package, documents: ['{{ .ArtifactName }}.spdx']}]", "spdx package {{ .ArtifactName }}.spdx "},
		"source":            {"[{artifacts: source, documents: ['${artifact}.spdx']}]", "spdx source {{ .ArtifactName }}.spdx "},
		"any":               {"[{artifacts: any}]", "spdx release {{ .ProjectName }}_{{ .Version }}.sbom.json "},
		"CycloneDX":         {"[{cmd: syft, args: [$artifact, --output, cyclonedx-json=$document]}]", "cyclonedx archive {{ .ArtifactName }}.sbom.json "},
		"an older spelling": {"[{args: [packages, $artifact, --file, $document, --output=cyclonedx-json]}]", "cyclonedx archive {{ .ArtifactName }}.sbom.json "},
		"two entries":       {"[{}, {artifacts: package}]", "spdx archive {{ .ArtifactName }}.sbom.json ; spdx package {{ .ArtifactName }}.sbom.json "},
		"none":              {"[{artifacts: none}]", ""},
		"switched off":      {"[{disable: true}]", ""},
		"perhaps":           {"[{disable: '{{ .IsSnapshot }}'}]", "spdx archive {{ .ArtifactName }}.sbom.json "},
		"another program":   {"[{cmd: trivy}]", "trivy would not be run"},
		"installers":        {"[{artifacts: installer}]", "artifacts: installer"},
		"another format":    {"[{args: [$artifact, -o, table]}]", "the format table is not made"},
		"an older version":  {"[{args: [$artifact, -o, cyclonedx-json@1.4=$document]}]", "the format cyclonedx-json@1.4 is not made"},
		"two formats":       {"[{args: [$artifact, -o, spdx-json, -o, cyclonedx-json]}]", "an entry for each"},
		"two documents":     {"[{documents: [a, b]}]", "an entry for each"},
		"no format":         {"[{args: [$artifact]}]", "do not say which format"},
		"an unknown key":    {"[{format: spdx}]", "format"},
		"no list":           {"yes please", "expected a list"},
	} {
		data := "version: 2\nsboms: " + tc.yaml + "\n"
		p, err := loadGoReleaser(t.TempDir(), "g.yaml", []byte(data), Options{})
		if err != nil {
			bilingual(t, name, err)
			if tc.want == "" || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var got []string
		for _, b := range p.SBOMs {
			got = append(got, b.Format+" "+string(b.About)+" "+b.Name+" "+strings.Join(b.IDs, ","))
		}
		if s := strings.Join(got, "; "); s != tc.want {
			t.Errorf("%s: %q, want %q", name, s, tc.want)
		}
		if said := fmt.Sprint(p.Notices); (len(p.SBOMs) > 0) != strings.Contains(said, "syft is not run") {
			t.Errorf("%s: notices %s", name, said)
		}
	}
	data := []byte("version: 2\nsboms: [{cmd: trivy}]\n")
	_, err := loadGoReleaser(t.TempDir(), "g.yaml", data, Options{})
	if !strings.Contains(msg.Hint(err).EN, "--ignore sboms") {
		t.Errorf("hint %q", msg.Hint(err))
	}
	p, err := loadGoReleaser(t.TempDir(), "g.yaml", data, Options{Ignore: []string{"sboms"}})
	if err != nil || p.SBOMs != nil || !strings.Contains(fmt.Sprint(p.Notices), "as asked") {
		t.Errorf("ignored: %v, %v", err, p.Notices)
	}
}
