package sbom

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The official schema lies among the sources of the library that writes the
// documents; it is not linked into anything.
func TestOfficialSchema(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "schema")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the module has no schema here: %v", err)
	}
	c := jsonschema.NewCompiler()
	for url, name := range map[string]string{
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	unlisted := Image{Name: "x", Arch: "amd64", Created: released, SDK: SDK{Go: "1.26.8", Module: "v0.0.1-go1.26.8.linux-amd64"}, Base: Base{Unlisted: "rpm"}}
	for name, i := range map[string]Image{"debian": debian(), "rpm": unlisted} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document(t, i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		delete(doc.(map[string]any), "bomFormat")
		if schema.Validate(doc) == nil {
			t.Error("the schema takes a document without bomFormat: it judges nothing")
		}
	}
}
