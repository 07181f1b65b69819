// Package yingzao holds no code: the tests of its folder keep the house in
// order. What may import what is the table below; a new package has to be
// entered here, and the place to argue about it is the review of that line.
package yingzao

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const module = "github.com/yingzao-dev/yingzao"

// layers says which of our packages each of our packages may import, and which
// weighty third-party modules. Tests are not held to it.
var layers = map[string]struct {
	ours   []string
	weight []string
}{
	".":                               {},
	"cmd/yingzao":                     {ours: []string{"envcheck", "envcheck/...", "images/...", "internal/...", "pipelines", "pipelines/...", "proxy", "proxy/...", "release/...", "release", "scripts"}, weight: []string{"github.com/spf13/cobra"}},
	"envcheck":                        {ours: []string{"envcheck/leak", "internal/goenv", "internal/httpx", "internal/msg", "internal/yamlfile"}},
	"envcheck/bootstrap":              {ours: []string{"envcheck", "envcheck/mend", "internal/archive", "internal/filelock", "internal/goenv", "internal/gosdk", "internal/gosdk/fetch", "internal/httpx", "internal/lazyre", "internal/loongarch", "internal/msg", "internal/subproc", "internal/workdir", "internal/yamlfile"}},
	"envcheck/bootstrap/bundle":       {ours: []string{"internal/mirror", "internal/archive", "internal/gosdk", "internal/gosdk/fetch", "internal/goenv", "internal/httpx", "internal/msg", "internal/subproc", "internal/target", "internal/workdir", "internal/yamlfile", "scripts"}},
	"envcheck/deep":                   {ours: []string{"envcheck", "internal/goenv", "internal/gosdk", "internal/gosdk/fetch", "internal/httpx", "internal/msg"}},
	"envcheck/gather":                 {ours: []string{"internal/subproc", "internal/lazyre", "envcheck", "envcheck/gather/sources", "internal/goenv"}},
	"envcheck/gather/sources":         {ours: []string{"internal/dockerfile", "internal/lazyre", "envcheck", "internal/goenv"}},
	"envcheck/leak":                   {ours: []string{"internal/goenv", "internal/msg"}},
	"envcheck/mend":                   {ours: []string{"envcheck", "internal/goenv", "internal/msg"}},
	"envcheck/probe":                  {ours: []string{"envcheck", "internal/goenv", "internal/httpx", "internal/mirror", "internal/msg"}},
	"envcheck/report":                 {ours: []string{"envcheck", "envcheck/leak", "internal/goenv", "internal/lint", "internal/msg", "internal/term"}},
	"envcheck/rules":                  {ours: []string{"internal/lazyre", "envcheck", "envcheck/leak", "internal/goenv", "internal/msg"}},
	"envcheck/trace":                  {ours: []string{"internal/subproc", "envcheck/leak", "internal/goenv", "internal/msg", "internal/workdir"}},
	"images":                          {},
	"images/assemble":                 {ours: []string{"images/matrix", "images/sbom", "internal/archive", "internal/gosdk", "internal/gosdk/fetch", "internal/httpx", "internal/lazyre", "internal/loongarch", "internal/msg", "internal/workdir"}, weight: []string{"github.com/google/go-containerregistry"}},
	"images/lint":                     {ours: []string{"images/matrix", "internal/dockerfile", "internal/lazyre", "internal/lint", "internal/msg", "internal/shellscript"}},
	"images/matrix":                   {ours: []string{"internal/lazyre", "internal/msg", "internal/yamlfile"}},
	"images/sbom":                     {ours: []string{"images/matrix", "internal/archive", "internal/gosdk", "internal/gosdk/fetch", "internal/msg", "internal/purl"}, weight: []string{"github.com/CycloneDX/cyclonedx-go"}},
	"images/render":                   {ours: []string{"images/matrix", "internal/msg"}},
	"internal/archive":                {ours: []string{"internal/msg"}},
	"internal/filelock":               {},
	"internal/goenv":                  {},
	"internal/gosdk":                  {ours: []string{"internal/lazyre", "internal/archive", "internal/goenv", "internal/msg"}},
	"internal/gosdk/fetch":            {ours: []string{"internal/archive", "internal/filelock", "internal/goenv", "internal/gosdk", "internal/httpx", "internal/lazyre", "internal/mirror", "internal/msg", "internal/subproc", "internal/workdir"}},
	"internal/gosdk/rebuild":          {ours: []string{"internal/archive", "internal/gosdk", "internal/msg", "internal/subproc", "internal/workdir"}},
	"internal/httpx":                  {ours: []string{"internal/lazyre", "internal/msg"}},
	"internal/dockerfile":             {ours: []string{"internal/lazyre", "internal/msg"}},
	"internal/lazyre":                 {},
	"internal/lint":                   {ours: []string{"internal/msg", "internal/term"}},
	"internal/lint/linttest":          {ours: []string{"internal/lint", "internal/msg"}},
	"internal/loongarch":              {ours: []string{"internal/msg", "internal/subproc"}},
	"internal/mirror":                 {ours: []string{"internal/goenv", "internal/httpx", "internal/msg"}},
	"internal/mirror/mirrortest":      {},
	"internal/msg":                    {},
	"internal/purl":                   {},
	"internal/shellscript":            {},
	"internal/store":                  {ours: []string{"internal/msg"}},
	"internal/store/cos":              {ours: []string{"internal/lazyre", "internal/msg", "internal/store", "internal/store/cred", "internal/store/remote"}, weight: []string{"github.com/tencentyun/cos-go-sdk-v5"}},
	"internal/store/cred":             {ours: []string{"internal/httpx", "internal/msg", "internal/store"}},
	"internal/store/oss":              {ours: []string{"internal/lazyre", "internal/msg", "internal/store", "internal/store/cred", "internal/store/remote"}, weight: []string{"github.com/aliyun/aliyun-oss-go-sdk"}},
	"internal/store/remote":           {ours: []string{"internal/httpx", "internal/msg", "internal/store", "internal/store/cred"}},
	"internal/store/remotetest":       {ours: []string{"internal/httpx", "internal/msg", "internal/store", "internal/store/cred", "internal/store/remote", "internal/store/storetest/bucket"}},
	"internal/store/s3":               {ours: []string{"internal/lazyre", "internal/msg", "internal/store", "internal/store/cred", "internal/store/remote"}, weight: []string{"github.com/minio/minio-go/v7"}},
	"internal/store/file":             {ours: []string{"internal/lazyre", "internal/msg", "internal/store"}},
	"internal/store/storetest/bucket": {ours: []string{"internal/store"}},
	"internal/store/storetest":        {ours: []string{"internal/msg", "internal/store"}},
	"internal/subproc":                {},
	"internal/target":                 {ours: []string{"internal/msg"}},
	"internal/term":                   {ours: []string{"internal/lazyre", "internal/msg"}},
	"internal/winetest":               {},
	"internal/workdir":                {ours: []string{"internal/filelock", "internal/msg"}},
	"internal/yamlfile":               {ours: []string{"internal/msg"}},
	"pipelines":                       {ours: []string{"internal/msg", "internal/yamlfile"}},
	"pipelines/bkci":                  {ours: []string{"internal/archive", "internal/msg", "pipelines"}},
	"pipelines/e2e":                   {},
	"pipelines/export":                {ours: []string{"internal/archive", "internal/loongarch", "internal/msg", "internal/target", "pipelines", "pipelines/generate"}},
	"pipelines/start":                 {ours: []string{"internal/msg", "pipelines", "pipelines/generate"}},
	"pipelines/generate":              {ours: []string{"internal/loongarch", "internal/msg", "pipelines"}},
	"pipelines/jenkins":               {},
	"pipelines/lint":                  {ours: []string{"internal/goenv", "internal/lazyre", "internal/lint", "internal/msg", "internal/shellscript", "internal/yamlfile", "pipelines"}},
	"pipelines/stages":                {ours: []string{"internal/msg", "internal/target", "pipelines"}},
	"proxy":                           {ours: []string{"internal/msg"}},
	"proxy/adopt":                     {ours: []string{"internal/msg", "proxy", "proxy/cache", "proxy/fill"}},
	"proxy/bundle":                    {ours: []string{"internal/store", "internal/archive", "internal/goenv", "internal/httpx", "internal/mirror", "internal/msg", "internal/workdir", "proxy", "proxy/cache", "proxy/fill", "proxy/sumdb"}},
	"proxy/cache":                     {ours: []string{"internal/filelock", "internal/lazyre", "internal/msg", "internal/store", "proxy"}},
	"proxy/config":                    {ours: []string{"internal/goenv", "internal/lazyre", "internal/msg", "internal/store", "internal/yamlfile", "proxy"}},
	"proxy/deploy":                    {},
	"proxy/dl":                        {ours: []string{"internal/archive", "internal/gosdk", "internal/gosdk/fetch", "internal/httpx", "internal/mirror", "internal/msg", "internal/store", "proxy", "proxy/cache", "proxy/sumdb"}},
	"proxy/e2e":                       {},
	"proxy/fill":                      {ours: []string{"internal/mirror", "internal/msg", "internal/store", "proxy", "proxy/cache"}},
	"proxy/server":                    {ours: []string{"internal/goenv", "internal/httpx", "internal/mirror", "internal/msg", "internal/store", "internal/workdir", "proxy", "proxy/cache", "proxy/config", "proxy/dl", "proxy/fill", "proxy/sumdb", "proxy/upstream", "proxy/vcs"}, weight: []string{"github.com/prometheus/client_golang"}},
	"proxy/sumdb":                     {ours: []string{"internal/goenv", "internal/httpx", "internal/mirror", "internal/msg", "proxy", "proxy/cache"}},
	"proxy/upstream":                  {ours: []string{"internal/goenv", "internal/httpx", "internal/mirror", "internal/msg", "proxy"}},
	"proxy/upkeep":                    {ours: []string{"internal/goenv", "internal/httpx", "internal/mirror", "internal/msg", "internal/workdir", "proxy", "proxy/adopt", "proxy/bundle", "proxy/cache", "proxy/config", "proxy/server", "proxy/sumdb"}},
	"proxy/vcs":                       {ours: []string{"internal/filelock", "internal/httpx", "internal/msg", "proxy"}, weight: []string{"github.com/go-git/go-git/v5"}},
	"release":                         {ours: []string{"internal/...", "release/..."}},
	"release/config":                  {ours: []string{"internal/archive", "internal/msg", "internal/target", "internal/yamlfile"}, weight: []string{"github.com/goreleaser/goreleaser/v2"}},
	"release/gotool":                  {ours: []string{"internal/subproc", "internal/msg", "internal/workdir"}},
	"release/inspect":                 {ours: []string{"internal/msg", "internal/target"}},
	"release/linuxpkg":                {ours: []string{"internal/lazyre", "internal/msg", "internal/target"}, weight: []string{"github.com/goreleaser/nfpm/v2"}},
	"release/manifest":                {ours: []string{"internal/msg", "internal/store", "internal/target", "release/inspect"}},
	"release/preflight":               {ours: []string{"internal/lazyre", "internal/msg", "internal/target"}, weight: []string{"github.com/go-git/go-git/v5"}},
	"release/publish":                 {ours: []string{"internal/archive", "internal/lazyre", "internal/msg", "internal/store", "internal/target", "internal/workdir", "release/inspect", "release/manifest", "release/publish/transfer", "release/sbom"}},
	"release/publish/transfer":        {ours: []string{"internal/msg", "internal/store"}},
	"release/provenance":              {ours: []string{"internal/goenv", "internal/gosdk", "internal/lazyre", "internal/msg", "internal/target", "release/inspect", "release/manifest", "release/trust"}},
	"release/rebuild":                 {ours: []string{"internal/...", "release", "release/config", "release/gotool", "release/inspect", "release/linuxpkg", "release/manifest", "release/preflight", "release/provenance", "release/publish", "release/trust"}},
	"release/sbom":                    {ours: []string{"internal/archive", "internal/lazyre", "internal/msg", "internal/purl", "internal/target", "release/inspect", "release/manifest"}, weight: []string{"github.com/CycloneDX/cyclonedx-go", "github.com/google/licensecheck"}},
	"release/trust":                   {ours: []string{"internal/archive", "internal/lazyre", "internal/msg", "internal/subproc", "internal/yamlfile", "release/manifest"}, weight: []string{"github.com/emmansun/gmsm", "aead.dev/minisign"}},
	"release/vuln":                    {ours: []string{"internal/archive", "internal/lazyre", "internal/msg", "internal/subproc", "internal/workdir"}},
	"scripts":                         {ours: []string{"internal/lazyre", "internal/msg", "internal/target"}},
	"scripts/bench/bootstrap":         {ours: []string{"internal/archive", "internal/gosdk", "internal/gosdk/fetch", "internal/httpx"}},
	"scripts/bench/check":             {},
	"scripts/bench/fill":              {},
	"scripts/bench/proxy":             {},
	"scripts/bench/proxysoak":         {ours: []string{"internal/mirror/mirrortest"}},
	"scripts/bench/publish":           {ours: []string{"internal/httpx", "internal/store", "internal/store/cos", "internal/store/cred", "internal/store/oss", "internal/store/s3", "internal/store/storetest/bucket", "release/manifest"}},
	"scripts/bench/release":           {},
}

// weights are the modules that one place alone may import, because of what they
// bring with them or because their API must not leak.
var weights = []string{
	"github.com/goreleaser/goreleaser/v2", "github.com/goreleaser/nfpm/v2", "github.com/go-git/go-git/v5", "github.com/spf13/cobra",
	"github.com/aliyun/aliyun-oss-go-sdk", "github.com/tencentyun/cos-go-sdk-v5", "github.com/minio/minio-go/v7",
	"github.com/google/go-containerregistry", "github.com/emmansun/gmsm", "aead.dev/minisign", "github.com/CycloneDX/cyclonedx-go",
	"github.com/prometheus/client_golang", "github.com/google/licensecheck",
}

type listed struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestLayers(t *testing.T) {
	for _, p := range packages(t) {
		room := short(p.ImportPath)
		rule, known := layers[room]
		if !known {
			t.Errorf("package %s is not in the table of layers", room)
			continue
		}
		for _, imp := range p.Imports {
			if ours := short(imp); ours != imp {
				if !allowed(rule.ours, ours) {
					t.Errorf("%s imports %s, which its layer does not allow", room, ours)
				}
				continue
			}
			for _, w := range weights {
				if (imp == w || strings.HasPrefix(imp, w+"/")) && !slices.Contains(rule.weight, w) {
					t.Errorf("%s imports %s, which belongs in one place alone", room, imp)
				}
			}
		}
	}
}

func short(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func allowed(patterns []string, room string) bool {
	for _, p := range patterns {
		if prefix, all := strings.CutSuffix(p, "/..."); p == room || all && strings.HasPrefix(room, prefix+"/") {
			return true
		}
	}
	return false
}

func TestEveryPackageHasADoc(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", short(p.ImportPath))
		}
	}
}

func TestNoReplace(t *testing.T) {
	b, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Replace) > 0 || len(f.Exclude) > 0 {
		t.Error("go.mod replaces or excludes modules: `go install …@version` would refuse it")
	}
}

// goFiles walks the Go files that belong to the repository.
func goFiles(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "dist" || name != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			visit(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreShort(t *testing.T) {
	goFiles(t, func(name string) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		limit := 800
		if strings.HasPrefix(name, "cmd/yingzao/") && !strings.HasSuffix(name, "_test.go") {
			limit = 150 // a command holds no logic
		}
		if n := strings.Count(string(b), "\n"); n > limit {
			t.Errorf("%s has %d lines, more than %d", name, n, limit)
		}
	})
}

// Commands are composed of small functions; registration by init and process-wide
// settings would make them depend on each other.
func TestNoInitNoSetenv(t *testing.T) {
	setenv := regexp.MustCompile(`\bos\.(Setenv|Unsetenv|Chdir)\(`)
	goFiles(t, func(name string) {
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			return
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", name)
			}
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if setenv.Match(b) {
			t.Errorf("%s changes the process (os.Setenv, os.Chdir)", name)
		}
	})
}

// headings of a README, levels only, so that the two languages stay in step.
func headings(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	code := false
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if level := len(line) - len(strings.TrimLeft(line, "#")); level > 0 && !code {
			out = append(out, fmt.Sprintf("%s %s", strings.Repeat("#", level), anchor(line)))
		}
	}
	return out
}

var comment = regexp.MustCompile(`<!--\s*(\S+)\s*-->`)

// anchor is the mark that a heading carries in both languages.
func anchor(line string) string {
	if m := comment.FindStringSubmatch(line); m != nil {
		return m[1]
	}
	return "(no mark)"
}

func TestReadmesHaveTheSameHeadings(t *testing.T) {
	en, zh := headings(t, "README.md"), headings(t, "README.zh-CN.md")
	if !slices.Equal(en, zh) {
		t.Errorf("headings differ:\nREADME.md       %v\nREADME.zh-CN.md %v", en, zh)
	}
	if len(en) < 4 || slices.ContainsFunc(en, func(h string) bool { return strings.HasSuffix(h, "(no mark)") }) {
		t.Errorf("headings without a mark: %v", en)
	}
}

// Every direct dependency is there for a reason that somebody wrote down.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Require {
		if !r.Indirect && !strings.Contains(string(doc), "`"+r.Mod.Path+"`") {
			t.Errorf("CONTRIBUTING.md gives no reason for %s", r.Mod.Path)
		}
	}
}
