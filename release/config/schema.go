package config

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// SchemaID names the schema to editors.
const SchemaID = "https://github.com/yingzao-dev/yingzao/release/config/yingzao.schema.json"

// Schema is the JSON Schema of .yingzao.yaml, made from the same definition
// that reads the file. Sections of other products are any mapping in it.
func Schema() ([]byte, error) {
	root := jsonschema.NewProperties()
	root.Set("version", &jsonschema.Schema{Const: 1, Description: "Version of this format."})
	for _, name := range yamlfile.Products() {
		s := &jsonschema.Schema{Type: "object", Description: "Settings of yingzao " + name + "."}
		if name == "release" {
			s = reflectSchema(ours{})
			s.Description = "What to release, and how."
		}
		root.Set(name, s)
	}
	return json.MarshalIndent(&jsonschema.Schema{
		Version: jsonschema.Version, ID: SchemaID, Title: ".yingzao.yaml",
		Type: "object", Properties: root, Required: []string{"version"}, AdditionalProperties: jsonschema.FalseSchema,
	}, "", "  ")
}

// reflectSchema describes a struct by its yaml tags, in place.
func reflectSchema(v any) *jsonschema.Schema {
	r := jsonschema.Reflector{FieldNameTag: "yaml", Anonymous: true, DoNotReference: true, ExpandedStruct: true, RequiredFromJSONSchemaTags: true}
	s := r.Reflect(v)
	s.Version = ""
	return s
}

// oneOrMany is one item or a list of them.
func oneOrMany(item *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{item, {Type: "array", Items: item}}}
}

// textOr is the short form, a text, or the struct.
func textOr(long any) *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, reflectSchema(long)}}
}
