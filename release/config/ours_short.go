package config

import (
	"strings"

	"github.com/invopop/jsonschema"
	"github.com/yingzao-dev/yingzao/internal/target"
	"go.yaml.in/yaml/v3"
)

// The types of this file take a short form beside the long one. Each has an
// UnmarshalYAML that reads it and a JSONSchema that describes both.

// texts is a list, or one text.
type texts []string

func (t *texts) UnmarshalYAML(n *yaml.Node) error { return listOr(n, (*[]string)(t), plain) }

func (texts) JSONSchema() *jsonschema.Schema { return oneOrMany(&jsonschema.Schema{Type: "string"}) }

// words is a list, or several words in one text.
type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error { return listOr(n, (*[]string)(w), strings.Fields) }

func (words) JSONSchema() *jsonschema.Schema { return oneOrMany(&jsonschema.Schema{Type: "string"}) }

func plain(s string) []string { return []string{s} }

func listOr(n *yaml.Node, into *[]string, split func(string) []string) error {
	if n.Kind == yaml.ScalarNode {
		*into = split(n.Value)
		return nil
	}
	return n.Decode(into)
}

// ourHooks is a list of commands, or one.
type ourHooks []ourHook

// ourHook is a command with its circumstances, or the command alone.
type ourHook struct {
	Cmd    string   `yaml:"cmd" jsonschema:"required" jsonschema_description:"Template of the command, split into words as a shell would; no shell runs."`
	Dir    string   `yaml:"dir,omitempty" jsonschema_description:"Template of the folder to run in. Default: the project's."`
	Env    []string `yaml:"env,omitempty" jsonschema_description:"KEY=VALUE to add. Values are templates."`
	Output bool     `yaml:"output,omitempty" jsonschema_description:"Show the output even if the command succeeds."`
}

func (h *ourHooks) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*h = ourHooks{{Cmd: n.Value}}
		return nil
	}
	return n.Decode((*[]ourHook)(h))
}

func (h *ourHook) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		h.Cmd = n.Value
		return nil
	}
	type long ourHook
	return n.Decode((*long)(h))
}

func (ourHooks) JSONSchema() *jsonschema.Schema {
	type long ourHook
	return oneOrMany(textOr(long{}))
}

// ourFiles is a list of globs with their places, or one.
type ourFiles []ourFile

// ourFile is a glob with its place, or the glob alone.
type ourFile struct {
	Src         string   `yaml:"src" jsonschema:"required" jsonschema_description:"Template of a glob below the project; ** is allowed."`
	Dst         string   `yaml:"dst,omitempty" jsonschema_description:"Template of the place in the archive. Default: the path in the project."`
	StripParent bool     `yaml:"strip_parent,omitempty" jsonschema_description:"Leave out the folders of the file."`
	Optional    bool     `yaml:"optional,omitempty" jsonschema_description:"It is no error if nothing matches."`
	Info        *ourInfo `yaml:"info,omitempty" jsonschema_description:"What the archive says of the file."`
}

func (f *ourFiles) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*f = ourFiles{{Src: n.Value}}
		return nil
	}
	return n.Decode((*[]ourFile)(f))
}

func (f *ourFile) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Src = n.Value
		return nil
	}
	type long ourFile
	return n.Decode((*long)(f))
}

func (ourFiles) JSONSchema() *jsonschema.Schema {
	type long ourFile
	return oneOrMany(textOr(long{}))
}

// UnmarshalYAML takes a main package for the whole build.
func (b *ourBuild) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		b.Main = n.Value
		return nil
	}
	type long ourBuild
	return n.Decode((*long)(b))
}

// JSONSchema describes both forms.
func (ourBuild) JSONSchema() *jsonschema.Schema {
	type long ourBuild
	return textOr(long{})
}

// ourTarget is a target in its text form.
type ourTarget target.Target

func (t *ourTarget) UnmarshalText(b []byte) error { return (*target.Target)(t).UnmarshalText(b) }

func (ourTarget) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[a-z0-9]+/[a-z0-9.-]+(/[A-Za-z0-9.,]+)?$`}
}

// ourSwitch is true, false or a template.
type ourSwitch string

func (ourSwitch) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "boolean"}, {Type: "string"}}}
}

// ourWrap is true, false or the template of a folder.
type ourWrap string

func (ourWrap) JSONSchema() *jsonschema.Schema { return ourSwitch("").JSONSchema() }

// ourOverrides are formats by operating system: a mapping, or GoReleaser's
// list.
type ourOverrides []ourFormatOverride

type ourFormatOverride struct {
	Goos    string `yaml:"goos" jsonschema:"required" jsonschema_description:"Operating system."`
	Formats texts  `yaml:"formats" jsonschema:"required" jsonschema_description:"Formats there; none for no archive."`
}

func (o *ourOverrides) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return n.Decode((*[]ourFormatOverride)(o))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		over := ourFormatOverride{Goos: n.Content[i].Value}
		if err := n.Content[i+1].Decode(&over.Formats); err != nil {
			return err
		}
		*o = append(*o, over)
	}
	return nil
}

func (ourOverrides) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		{Type: "object", AdditionalProperties: texts{}.JSONSchema()},
		{Type: "array", Items: reflectSchema(ourFormatOverride{})},
	}}
}

// ourStore is an address, or a bucket in the words of its provider's console.
type ourStore struct {
	ID       string `yaml:"id,omitempty" jsonschema_description:"Name of the store in messages. Default: its position."`
	URL      string `yaml:"url,omitempty" jsonschema_description:"Template of the address: oss://, cos://, s3:// or file://. No secrets: they come from the environment."`
	Provider string `yaml:"provider,omitempty" jsonschema:"enum=oss,enum=cos,enum=s3" jsonschema_description:"Instead of url: the kind of store."`
	Bucket   string `yaml:"bucket,omitempty" jsonschema_description:"With provider: the bucket, for cos with its number."`
	Region   string `yaml:"region,omitempty" jsonschema_description:"With provider: for example cn-hangzhou or ap-guangzhou."`
	Folder   string `yaml:"folder,omitempty" jsonschema_description:"With provider: template of a prefix. The project and the version are added by themselves."`
	Endpoint string `yaml:"endpoint,omitempty" jsonschema_description:"With provider: another endpoint than the region's."`
	BaseURL  string `yaml:"base_url,omitempty" jsonschema_description:"Where readers find this store, for example https://dl.example.cn/tools: for the download page and install.sh."`
	Mirrors  texts  `yaml:"mirrors,omitempty" jsonschema_description:"Other such addresses with the same files, tried in this order when a download fails or is damaged. Default: the base_url of the other stores."`
}

func (s *ourStore) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		s.URL = n.Value
		return nil
	}
	type long ourStore
	return n.Decode((*long)(s))
}

func (ourStore) JSONSchema() *jsonschema.Schema {
	type long ourStore
	return textOr(long{})
}
