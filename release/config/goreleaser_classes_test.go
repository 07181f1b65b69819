package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

// Every top-level key of GoReleaser has a row, and no row is there twice or
// lacks its reason.
func TestEverySectionHasAClass(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sections {
		if seen[s.key] {
			t.Errorf("%s is in the table twice", s.key)
		}
		seen[s.key] = true
		if (s.class == mapped) != s.why.IsZero() || s.class != mapped && s.why.ZH == "" {
			t.Errorf("%s: class %d, reason %q/%q", s.key, s.class, s.why.EN, s.why.ZH)
		}
	}
	for key := range yamlfile.Fields(reflect.TypeFor[config.Project]()) {
		if !seen[key] {
			t.Errorf("GoReleaser's section %s has no class", key)
		}
		if removed[key] != "" {
			t.Errorf("GoReleaser's section %s is called removed", key)
		}
	}
}

// leaves calls fn for each field of the mapped sections: its path without list
// positions, and the type that holds it.
func leaves(fn func(path, key string, holder reflect.Type)) {
	var walk func(t reflect.Type, path string)
	walk = func(t reflect.Type, path string) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct {
			walk(t.Elem(), path+".deb") // a map by package format
			return
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for key, ft := range yamlfile.Fields(t) {
			fn(path, key, t)
			if r, _ := rulesFor(path); r.other[key].class == mapped {
				walk(ft, path+"."+key)
			}
		}
	}
	top := yamlfile.Fields(reflect.TypeFor[config.Project]())
	for _, s := range sections {
		if s.class == mapped && s.key != "uploads" && s.key != "blobs" && s.key != "sboms" {
			walk(top[s.key], s.key)
		}
	}
}

// Each field of the mapped sections is either mapped or has a rule, and no rule
// is about a field that is not there.
func TestEveryFieldHasARule(t *testing.T) {
	used := map[string]bool{}
	leaves(func(path, key string, holder reflect.Type) {
		r, ok := rulesFor(path)
		if !ok {
			t.Errorf("%s (%v) has no rules", path, holder)
			return
		}
		used[path+"."+key] = true
		_, other := r.other[key]
		if in := slices.Contains(strings.Fields(r.mapped), key); in == other {
			t.Errorf("%s.%s (%v): mapped %v and ruled %v", path, key, holder, in, other)
		}
	})
	for path, r := range fieldRules {
		path = strings.ReplaceAll(path, "*", "deb")
		for key, rule := range r.other {
			if !used[path+"."+key] {
				t.Errorf("the rule for %s.%s is about nothing", path, key)
			}
			if rule.class == mapped || rule.why.EN == "" || rule.why.ZH == "" {
				t.Errorf("%s.%s: rule without class or reason", path, key)
			}
		}
		for _, key := range strings.Fields(r.mapped) {
			if !used[path+"."+key] {
				t.Errorf("%s.%s is called mapped and is not there", path, key)
			}
		}
	}
	for path := range valueRules {
		if !used[path] {
			t.Errorf("the value rule for %s is about nothing", path)
		}
	}
	for path := range foreign {
		if used[path] {
			t.Errorf("%s is not foreign to GoReleaser", path)
		}
	}
}

// A mapped field changes the Project: nothing is called mapped and then
// dropped. Each field is given a value in an otherwise small file.
func TestEveryMappedFieldMatters(t *testing.T) {
	project := func(doc map[string]any) (*Project, error) {
		data, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		p, err := loadGoReleaser(t.TempDir(), "g.yaml", data, Options{})
		if err == nil {
			p.Notices = nil
		}
		return p, err
	}
	leaves(func(path, key string, holder reflect.Type) {
		full := path + "." + key
		if valueRules[full] != nil && key != "buildmode" { // anything but the one value is refused
			return
		}
		r, _ := rulesFor(path)
		ft := yamlfile.Fields(holder)[key]
		if _, other := r.other[key]; other || structured(ft) {
			return
		}
		base, changed := document(path, "", nil), document(path, key, sampleValue(full, ft))
		before, err := project(base)
		if err != nil {
			t.Errorf("%s: base: %v", full, err)
			return
		}
		after, err := project(changed)
		if err != nil {
			t.Errorf("%s: %v", full, err)
			return
		}
		if reflect.DeepEqual(before, after) {
			t.Errorf("%s is called mapped and changes nothing", full)
		}
	})
}

// structured reports whether the fields of t are visited by themselves.
func structured(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// sampleValue is an unusual but valid value of a field.
func sampleValue(path string, t reflect.Type) any {
	switch path {
	case "builds.goos":
		return []string{"freebsd"}
	case "builds.goarch":
		return []string{"riscv64"}
	case "builds.targets":
		return []string{"linux_riscv64"}
	case "builds.ignore.goos", "builds.overrides.goos":
		return "darwin"
	case "builds.ignore.goarch", "builds.overrides.goarch":
		return "arm64"
	case "builds.buildmode", "builds.overrides.buildmode":
		return "pie"
	case "checksum.algorithm":
		return "sha512"
	case "nfpms.formats":
		return []string{"rpm"}
	case "source.format", "archives.format", "archives.format_overrides.format":
		return "zip"
	case "archives.formats", "archives.format_overrides.formats":
		return []string{"zip"}
	}
	for suffix, v := range map[string]any{
		"goamd64": "v3", "go386": "softfloat", "goarm": "5", "goarm64": "v9.0", "gomips": "softfloat", "goppc64": "power9", "goriscv64": "rva22u64",
	} {
		if strings.HasSuffix(path, "."+suffix) {
			if t.Kind() == reflect.Slice {
				return []any{v}
			}
			return v
		}
	}
	switch t.Kind() {
	case reflect.Bool:
		return true
	case reflect.Slice:
		return []string{"sample"}
	case reflect.Map:
		return map[string]string{"sample": "value"}
	case reflect.Uint32:
		return 0o600
	}
	return "sample"
}

// document nests one key at a path of sections, with what each list entry needs
// to be valid beside it.
func document(path, key string, value any) map[string]any {
	companions := map[string]map[string]any{
		"nfpms":                         {"formats": []string{"deb"}},
		"builds":                        {"goos": []string{"linux", "darwin"}, "goarch": []string{"amd64", "arm64", "386", "arm", "mips", "ppc64", "riscv64"}},
		"builds.overrides":              {"goos": "linux", "goarch": "amd64"},
		"builds.ignore":                 {"goos": "linux"},
		"nfpms.contents":                {"dst": "/x"},
		"builds.hooks.pre":              {"cmd": "true"},
		"builds.hooks.post":             {"cmd": "true"},
		"nfpms.overrides.deb":           {},
		"universal_binaries.hooks.pre":  {"cmd": "true"},
		"universal_binaries.hooks.post": {"cmd": "true"},
	}
	lists := []string{"builds", "archives", "nfpms", "universal_binaries", "builds.ignore", "builds.overrides", "builds.hooks.pre", "builds.hooks.post",
		"archives.files", "archives.format_overrides", "nfpms.contents", "nfpms.overrides.deb.contents", "checksum.extra_files", "source.files",
		"universal_binaries.hooks.pre", "universal_binaries.hooks.post"}
	parts := strings.Split(path, ".")
	var build func(depth int) map[string]any
	build = func(depth int) map[string]any {
		at := strings.Join(parts[:depth], ".")
		m := map[string]any{}
		for k, v := range companions[strings.Replace(at, "overrides.deb.", "", 1)] {
			m[k] = v
		}
		if depth == len(parts) {
			if key != "" {
				m[key] = value
			}
			switch level, ok := strings.CutPrefix(key, "go"); { // a level needs its architecture beside it
			case ok && at == "builds.overrides" && level != "os" && level != "arch":
				m["goarch"] = levelArch(key)
			case ok && at == "builds.ignore" && level != "os" && level != "arch":
				m[key] = map[string]string{"goamd64": "v1", "go386": "sse2", "goarm": "6", "goarm64": "v8.0", "gomips": "hardfloat", "goppc64": "power8", "goriscv64": "rva20u64"}[key]
				delete(m, "goos")
			case at == "builds.overrides" && key == "goos":
			}
			if key == "targets" {
				delete(m, "goos")
				delete(m, "goarch")
			}
			return m
		}
		next := strings.Join(parts[:depth+1], ".")
		inner := any(build(depth + 1))
		if slices.Contains(lists, next) {
			inner = []any{inner}
		}
		m[parts[depth]] = inner
		return m
	}
	doc := build(0)
	doc["version"] = 2
	return doc
}

func levelArch(key string) string {
	return map[string]string{"goamd64": "amd64", "go386": "386", "goarm": "arm", "goarm64": "arm64", "gomips": "mips", "goppc64": "ppc64", "goriscv64": "riscv64"}[key]
}

func TestIgnorableNamesAreSections(t *testing.T) {
	names := ignorable()
	for _, want := range []string{"dockers", "signs", "nfpms", "builds.builder", "nfpms.deb.signature", "uploads"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s cannot be ignored; names: %v", want, names)
		}
	}
	for _, never := range []string{"builds", "archives", "checksum"} {
		if slices.Contains(names, never) {
			t.Errorf("%s can be ignored", never)
		}
	}
	if fmt.Sprint(names) != fmt.Sprint(ignorable()) {
		t.Error("the order changes")
	}
}
