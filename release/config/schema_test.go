package config

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads YAML as an editor hands it to a schema.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The schema and the reader agree about good and bad files.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	schema := compileSchema(t)
	full, err := os.ReadFile("testdata/ours/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for text, good := range map[string]bool{
		string(full):                         true,
		"version: 1\nrelease: {}\n":          true,
		"version: 1\nproxy: {anything: 1}\n": true,
		"version: 1\nrelease: {builds: [./cmd/a, {main: ./cmd/b, flags: -v}], archives: [{formats: zip}]}\n":         true,
		"version: 1\nrelease: {before: make, stores: [oss://b, {url: x}], archives: [{wrap_in_directory: false}]}\n": true,
		"version: 1\nrelease: {archives: [{format_overrides: [{goos: windows, formats: [zip]}]}]}\n":                 true,
		"version: 1\nrelease: {archives: [{format_overrides: {windows: zip}}]}\n":                                    true,
		"release: {}\n":                                                    false,
		"version: 2\nrelease: {}\n":                                        false,
		"version: 1\nreleases: {}\n":                                       false,
		"version: 1\nrelease: {biulds: []}\n":                              false,
		"version: 1\nrelease: {builds: [{mian: x}]}\n":                     false,
		"version: 1\nrelease: {env: A=B}\n":                                false,
		"version: 1\nrelease: {targets: linux/amd64}\n":                    false,
		"version: 1\nrelease: {targets: [linux]}\n":                        false,
		"version: 1\nrelease: {buildvcs: maybe}\n":                         false,
		"version: 1\nrelease: {before: [{dir: x, comand: y}]}\n":           false,
		"version: 1\nrelease: {stores: [{provider: ftp, bucket: b}]}\n":    false,
		"version: 1\nrelease: {checksum: {algorithm: sm9}}\n":              false,
		"version: 1\nrelease: {nfpms: [{contents: [{scr: x, dst: /}]}]}\n": false,
		"version: 1\nrelease: {dist: [x]}\n":                               false,
	} {
		if err := schema.Validate(asJSON(t, text)); (err == nil) != good {
			t.Errorf("schema: %.60q: %v, want good %v", text, err, good)
		}
		files := map[string]string{".yingzao.yaml": text, ".goreleaser.yaml": "version: 2\n"}
		if _, err := loadText(t, files, Options{}); (err == nil) != good {
			t.Errorf("reader: %.60q: %v, want good %v", text, err, good)
		}
	}
}

// Every key has a description, in English, and every object is closed.
func TestEveryKeyIsDescribed(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	keys := 0
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item, path)
			}
		case map[string]any:
			props, _ := v["properties"].(map[string]any)
			if props != nil && v["additionalProperties"] != false {
				t.Errorf("%s: open object", path)
			}
			for key, p := range props {
				keys++
				d, _ := p.(map[string]any)["description"].(string)
				if !strings.HasSuffix(d, ".") || strings.ContainsFunc(d, func(r rune) bool { return r > 0x2fff }) {
					t.Errorf("%s.%s: description %q", path, key, d)
				}
				walk(p, path+"."+key)
			}
			for key, inner := range v {
				if key != "properties" {
					walk(inner, path)
				}
			}
		}
	}
	walk(root, "")
	if keys < 150 {
		t.Errorf("only %d keys", keys)
	}
	t.Logf("%d keys, %d bytes", keys, len(data))
	for _, name := range yamlfile.Products() {
		if !slices.Contains(keysOf(root["properties"]), name) {
			t.Errorf("section %s is not in the schema", name)
		}
	}
	if strings.Contains(string(data), "$ref") || !strings.Contains(string(data), SchemaID) {
		t.Error("the schema refers to something else, or does not name itself")
	}
}

func keysOf(v any) (keys []string) {
	m, _ := v.(map[string]any)
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}
