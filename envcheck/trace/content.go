package trace

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
)

// content is what the recorders serve: real go.mod files where the user's module
// cache has them, invented ones otherwise, and zips with nothing in them. The
// same question has the same answer always.
type content struct {
	cache    string // the user's module cache
	goLine   string // the newest go line that the running Go takes
	versions map[string][]string
	tools    map[string][]string // module path: packages that tool lines want of it
}

// program is what a tool is made of.
var program = []byte("package main\n\nfunc main() {}\n")

// invented is when everything was published.
var invented = time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC)

func newContent(cache, goVersion string, p *project, simulated []leak.Exposure) *content {
	c := &content{cache: cache, goLine: goLine(goVersion), versions: map[string][]string{}, tools: map[string][]string{}}
	for _, e := range simulated {
		c.know(e.Path, e.Version)
	}
	for _, m := range p.known {
		c.know(m.Path, m.Version)
	}
	for _, tool := range p.toolPaths {
		for at := tool; ; at = at[:strings.LastIndexByte(at, '/')] {
			if c.versions[at] != nil {
				c.tools[at] = append(c.tools[at], strings.TrimPrefix(tool[len(at):], "/"))
				break
			}
			if !strings.Contains(at, "/") {
				break
			}
		}
	}
	return c
}

func (c *content) know(path, version string) {
	if semver.IsValid(version) && !slices.Contains(c.versions[path], version) {
		c.versions[path] = append(c.versions[path], version)
	}
}

// serve answers one request of the module protocol; file is what follows "/@".
func (c *content) serve(w http.ResponseWriter, r *http.Request, path, file string) {
	known := c.versions[path]
	switch file {
	case "v/list":
		if known == nil {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, strings.Join(known, "\n")+"\n")
		return
	case "latest":
		if known == nil {
			http.NotFound(w, r)
			return
		}
		newest := slices.MaxFunc(known, semver.Compare)
		writeInfo(w, newest)
		return
	}
	file = strings.TrimPrefix(file, "v/")
	ext := filepath.Ext(file)
	version, err := module.UnescapeVersion(strings.TrimSuffix(file, ext))
	if err != nil || !semver.IsValid(version) {
		http.NotFound(w, r)
		return
	}
	switch ext {
	case ".info":
		writeInfo(w, version)
	case ".mod":
		_, _ = w.Write(c.mod(path, version))
	case ".zip":
		_, _ = w.Write(c.zip(path, version))
	default:
		http.NotFound(w, r)
	}
}

func writeInfo(w http.ResponseWriter, version string) {
	t := invented
	if pseudo, err := module.PseudoVersionTime(version); err == nil {
		t = pseudo
	}
	_ = json.NewEncoder(w).Encode(struct {
		Version string
		Time    time.Time
	}{version, t})
}

// mod is the go.mod of a version.
func (c *content) mod(path, version string) []byte {
	p, err1 := module.EscapePath(path)
	v, err2 := module.EscapeVersion(version)
	if c.cache != "" && err1 == nil && err2 == nil {
		if b, err := os.ReadFile(filepath.Join(c.cache, "cache", "download", filepath.FromSlash(p), "@v", v+".mod")); err == nil {
			return lowered(b, c.goLine)
		}
	}
	return []byte("module " + modfile.AutoQuote(path) + "\n")
}

// files are those of a version's zip, by their names in it.
func (c *content) files(path, version string) map[string][]byte {
	at := path + "@" + version + "/"
	out := map[string][]byte{at + "LICENSE": []byte("invented\n")}
	if !strings.HasSuffix(version, "+incompatible") {
		out[at+"go.mod"] = c.mod(path, version)
	}
	for _, dir := range c.tools[path] {
		out[strings.TrimSuffix(at+dir, "/")+"/main.go"] = program
	}
	return out
}

func (c *content) zip(path, version string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range c.files(path, version) {
		if w, err := z.Create(name); err == nil {
			_, _ = w.Write(data)
		}
	}
	_ = z.Close() // into memory
	return b.Bytes()
}

func (c *content) zipSum(path, version string) (string, error) {
	files := c.files(path, version)
	var names []string
	for n := range files {
		names = append(names, n)
	}
	return dirhash.Hash1(names, func(n string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[n])), nil })
}

func (c *content) modSum(path, version string) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(c.mod(path, version))), nil
	})
}
