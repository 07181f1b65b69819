package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file in testdata/goreleaser is read, and what became of it compared with
// the golden file beside it: the Project in words with its templates filled in,
// every notice, or every error.
func TestGoReleaserExamples(t *testing.T) {
	names, err := filepath.Glob("testdata/goreleaser/*.yaml")
	if err != nil || len(names) < 25 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write(t, dir, "go.mod", "module example.cn/team/fromgomod/v2\n")
			write(t, dir, ".goreleaser.yaml", string(data))
			var b strings.Builder
			if p, err := Load(dir, Options{}); err != nil {
				bilingual(t, name, err)
				fmt.Fprintf(&b, "error:\n%s\nhint: %s\n\n%s\n提示：%s\n", err, msg.Hint(err).EN, msg.In(err, msg.Chinese), msg.Hint(err).ZH)
			} else {
				describe(t, &b, p)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("got\n%s\nwant\n%s", b.String(), want)
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// describe writes what a Project asks for, without what is as usual.
func describe(t *testing.T, b *strings.Builder, p *Project) {
	line := func(key string, v any) {
		if r := reflect.ValueOf(v); !r.IsZero() && !(r.Kind() == reflect.Slice && r.Len() == 0) {
			fmt.Fprintf(b, "%s: %v\n", key, v)
		}
	}
	line("name", p.Name)
	line("origin", p.Origin)
	line("file", p.File)
	line("env", p.Env)
	for _, h := range p.Before {
		line("before", fmt.Sprintf("%+v", h))
	}
	for _, x := range p.Builds {
		fmt.Fprintf(b, "build %s: main %s, binary %s\n", x.ID, x.Main, x.Binary)
		line("  targets", x.Targets)
		x2 := reflect.ValueOf(x)
		for _, f := range []string{"Dir", "Flags", "Ldflags", "Tags", "Asmflags", "Gcflags", "Buildmode", "Env", "Pre", "Post", "ModTime", "AllowDynamic", "Skip"} {
			line("  "+strings.ToLower(f), x2.FieldByName(f).Interface())
		}
		for _, o := range x.Overrides {
			line("  override", fmt.Sprintf("%+v", o))
		}
		for _, l := range x.Ldflags {
			line("  expanded", expand(t, l, p, target.Target{OS: "linux", Arch: "amd64"}))
		}
	}
	for _, x := range p.SBOMs {
		line("sbom", fmt.Sprintf("%+v", x))
	}
	for _, a := range p.Archives {
		fmt.Fprintf(b, "archive %s: %v of %v\n", a.ID, a.Formats, a.Builds)
		line("  overrides", a.Overrides)
		if !reflect.DeepEqual(a.Files, defaultFiles()) {
			for _, f := range a.Files {
				line("  file", fmt.Sprintf("%+v", f))
			}
		}
		line("  binaryinfo", a.BinaryInfo)
		line("  strip", a.StripBinaryDir)
		line("  meta", a.Meta)
		line("  different", a.AllowDifferentBinaryCount)
		var on []target.Target
		for _, x := range p.Builds {
			on = append(on, x.Targets...)
		}
		slices.SortFunc(on, target.Compare)
		for _, tt := range slices.Compact(on) {
			line("  name", expand(t, a.Name, p, tt))
		}
		if a.Wrap != "" && len(on) > 0 {
			line("  wrap", expand(t, a.Wrap, p, on[0]))
		}
	}
	for _, k := range p.Packages {
		data, err := yaml.Marshal(sparse(reflect.ValueOf(k)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(b, "package:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(string(data)), "\n", "\n  "))
	}
	for _, u := range p.Universal {
		line("universal", fmt.Sprintf("%+v", u))
	}
	if p.Source.Enabled {
		line("source", fmt.Sprintf("%+v", p.Source))
	}
	line("checksum", fmt.Sprintf("%+v", p.Checksum))
	line("snapshot", expand(t, p.SnapshotVersion, p, target.Target{OS: "linux", Arch: "amd64"}))
	line("modtime", p.ModTime)
	line("dist", p.Dist)
	for _, s := range p.Stores {
		line("store", fmt.Sprintf("{ID:%s URL:%s}", s.ID, s.URL))
	}
	line("ignoretags", p.IgnoreTags)
	for _, n := range p.Notices {
		fmt.Fprintf(b, "notice %s %s line %d: %s | %s\n", n.Code, n.Section, n.Line, n.Text.EN, n.Text.ZH)
	}
}

func expand(t *testing.T, tmpl string, p *Project, on target.Target) string {
	f := sampleFields(t, on.String())
	f.ProjectName = p.Name
	s, err := Expand(tmpl, f)
	if err != nil {
		t.Errorf("expand: %v", err)
	}
	return s
}

// sparse is a struct as a map of its fields that are not zero.
func sparse(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() {
				m[v.Type().Field(i).Name] = sparse(f)
			}
		}
		return m
	case reflect.Slice:
		var all []any
		for i := range v.Len() {
			all = append(all, sparse(v.Index(i)))
		}
		return all
	case reflect.Map:
		m := map[string]any{}
		for _, k := range v.MapKeys() {
			m[k.String()] = sparse(v.MapIndex(k))
		}
		return m
	case reflect.Uint32:
		return fmt.Sprintf("%#o", v.Uint())
	}
	return v.Interface()
}

// Where GoReleaser's own strict reader takes a file, ours has read the mapped
// sections as it did.
func TestReadsAsGoReleaserDoes(t *testing.T) {
	names, _ := filepath.Glob("testdata/goreleaser/*.yaml")
	same := 0
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), "version: 2") { // it would warn through a global logger
			continue
		}
		theirs, err := config.LoadReader(strings.NewReader(string(data)))
		if err != nil {
			continue
		}
		var ours config.Project
		r, err := readSource(name, data, &ours)
		if err != nil || len(r.errs) > 0 {
			continue
		}
		for _, s := range sections {
			if s.class == mapped && s.key != "uploads" && s.key != "blobs" && s.key != "sboms" {
				a, b := fieldByKey(theirs, s.key), fieldByKey(ours, s.key)
				if !reflect.DeepEqual(a, b) {
					t.Errorf("%s: %s: GoReleaser read %+v, we read %+v", name, s.key, a, b)
				}
			}
		}
		same++
	}
	if same < 15 {
		t.Errorf("only %d files could be compared", same)
	}
}

func fieldByKey(p config.Project, key string) any {
	v := reflect.ValueOf(p)
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); name == key {
			return v.Field(i).Interface()
		}
	}
	return nil
}
