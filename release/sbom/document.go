package sbom

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The formats of a document.
const (
	CycloneDX = "cyclonedx" // CycloneDX 1.6, JSON
	SPDX      = "spdx"      // SPDX 2.3, JSON
)

// Ext is the end of a document's name: .cdx.json or .spdx.json.
func Ext(format string) string {
	if format == SPDX {
		return ".spdx.json"
	}
	return ".cdx.json"
}

// Subject is what a document is about.
type Subject struct {
	Project  string    // required
	Version  string    // of the release, without a leading v; main modules without a version of their own get it
	Created  time.Time // the commit's time; zero = the document has none (CycloneDX), or 1970 (SPDX must have one)
	Artifact string    // file name; "" = the release as a whole
	SHA256   string    // of the artifact, hex; "" with Artifact ""
	Binaries []Binary  // in any order; the same program twice counts once
	// Licenses are by Module.Key, of main modules by path alone; nil or a missing
	// one = not looked at.
	Licenses map[string]License
}

// Binary is one program inside.
type Binary struct {
	Name     string     // path inside the artifact
	Target   string     // linux/arm64; "" = not said
	SHA256   string     // hex
	Flags    []string   // all arguments of go build; nil = not known
	Programs []*Program // from [Read]
}

// Write makes the document; equal subjects give equal bytes.
func Write(format string, s Subject) ([]byte, error) {
	switch format {
	case CycloneDX:
		return writeCycloneDX(s)
	case SPDX:
		return writeSPDX(s)
	}
	return nil, msg.Errorf("write bill of materials: unknown format %q", "写入物料清单：未知的格式 %q", format).WithKind(msg.Usage).
		WithHint("cyclonedx or spdx", "可取 cyclonedx 或 spdx")
}

// maker is the name by which our documents are known again.
const maker = "yingzao"

// programs are the binaries sorted, each content once.
func (s Subject) programs() []Binary {
	byRef := map[string]Binary{}
	for _, b := range s.Binaries {
		if have, ok := byRef[b.ref()]; !ok || b.Name < have.Name {
			byRef[b.ref()] = b
		}
	}
	return slices.SortedFunc(maps.Values(byRef), func(a, b Binary) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Target, b.Target), strings.Compare(a.SHA256, b.SHA256))
	})
}

func (b Binary) ref() string { return "sha256:" + b.SHA256 }

// modules are all that the binary is linked from, each once, sorted by key.
func (b Binary) modules(version string) []Module {
	byKey := map[string]Module{}
	for _, p := range b.Programs {
		for _, m := range p.modules(version) {
			if have, ok := byKey[m.ref()]; !ok || have.Sum == "" {
				byKey[m.ref()] = m
			}
		}
	}
	return sortedModules(byKey)
}

func sortedModules(m map[string]Module) []Module {
	return slices.SortedFunc(maps.Values(m), func(a, b Module) int { return strings.Compare(a.ref(), b.ref()) })
}

// modules are those of all binaries; mains are the keys of main modules.
func (s Subject) modules() (all []Module, mains map[string]bool) {
	byKey, mains := map[string]Module{}, map[string]bool{}
	for _, b := range s.Binaries {
		for _, m := range b.modules(s.Version) {
			if have, ok := byKey[m.ref()]; !ok || have.Sum == "" {
				byKey[m.ref()] = m
			}
		}
		for _, p := range b.Programs {
			mains[p.main(s.Version).ref()] = true
		}
	}
	return sortedModules(byKey), mains
}

// ref names a module within a document.
func (m Module) ref() string {
	return cmp.Or(m.url(), "module:"+m.Path+"="+m.Folder)
}

// incomplete reports whether code may be inside that the go command does not
// write down.
func (b Binary) incomplete() bool {
	return slices.ContainsFunc(b.Programs, func(p *Program) bool { return p.setting("CGO_ENABLED") == "1" })
}

// pair is a name and a value.
type pair struct{ name, value string }

// facts are what is known of the build of a binary, in a settled order.
func (b Binary) facts() (out []pair) {
	add := func(name, value string) {
		if p := (pair{name, value}); value != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	add("target", b.Target)
	for _, p := range b.Programs {
		add("go.version", p.Go)
		add("go.package", p.Path)
		for _, s := range p.Settings {
			add("go.build."+s.Key, s.Value)
		}
	}
	for _, f := range b.Flags {
		add("go.flag", f)
	}
	return out
}

// facts are what is known of a module beside its name and version.
func (m Module) facts() (out []pair) {
	for _, p := range []pair{{"go.h1", m.Sum}, {"go.replaces", m.Replaces}, {"go.folder", m.Folder}} {
		if p.value != "" {
			out = append(out, p)
		}
	}
	return out
}

// license is what is known of a module's licence: std's is always the same.
func (s Subject) license(m Module) License {
	if m.Path == "std" {
		return License{Files: []LicenseFile{{Name: "LICENSE", IDs: []string{"BSD-3-Clause"}}}}
	}
	if l, ok := s.Licenses[m.Key()]; ok {
		return l
	}
	return s.Licenses[m.Path]
}

// uuid makes an identifier of a document's content, by RFC 9562's version 8.
func uuid(content []byte) string {
	sum := sha256.Sum256(content)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
