package export

import (
	"embed"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/generate"
)

// texts are the files of an export that do not follow from the parameters alone.
//
//go:embed files
var texts embed.FS

// handwritten says where each of them goes.
var handwritten = map[string]string{
	"README.md":              "files/README.md",
	"README.zh-CN.md":        "files/README.zh-CN.md",
	"gitlab/README.md":       "files/gitlab.md",
	"gitlab/README.zh-CN.md": "files/gitlab.zh-CN.md",
	"gitlab/.gitlab-ci.yml":  "files/gitlab-ci.yml",
	"gitlab/example/go.mod":  "files/example.mod",
	"gitlab/example/main.go": "files/example.main",
}

// page is what the handwritten files may mention.
type page struct {
	Options
	Pins   []string
	Params map[string]string // the table of GitLab's inputs, by language
}

// templates writes everything but the binaries.
func (w *writer) templates(params []pipelines.Param, o Options, pins []string) error {
	defaults := pipelines.Values{"tool_sha256": strings.Join(pins, ",")}
	if o.ToolURL != "" {
		defaults["tool_url"] = o.ToolURL
	}
	params, err := pipelines.WithDefaults(params, defaults)
	if err != nil {
		return err
	}
	generated, err := generate.Files(params)
	if err != nil {
		return err
	}
	p := page{Options: o, Pins: pins, Params: map[string]string{}}
	for _, lang := range []msg.Lang{msg.English, msg.Chinese} {
		p.Params[string(lang)] = generate.Table("gitlab", params, lang)
	}
	for _, name := range slices.Sorted(maps.Keys(handwritten)) {
		t, err := template.ParseFS(texts, handwritten[name])
		if err != nil {
			return failed(err)
		}
		var b strings.Builder
		if err := t.Execute(&b, p); err != nil {
			return failed(err)
		}
		if err := w.text(name, b.String()); err != nil {
			return err
		}
	}
	if err := addLibrary(generated, o.Library); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(generated)) {
		if err := w.text(name, string(generated[name])); err != nil {
			return err
		}
	}
	return w.plugin(o.Binaries, generated["bkci/task.json"])
}

// addLibrary adds the files of the shared library that were not just made anew.
func addLibrary(files map[string][]byte, library fs.FS) error {
	if library == nil {
		return nil
	}
	return fs.WalkDir(library, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name = "jenkins/" + name
		if _, made := files[name]; made {
			return nil
		}
		files[name], err = fs.ReadFile(library, strings.TrimPrefix(name, "jenkins/"))
		return err
	})
}
