package mirrortest

import (
	stdzip "archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// Modules maps "path@version" to the module's files: slash path to content. A
// module without a go.mod gets the shortest one there is.
type Modules map[string]map[string]string

// published is when every version was published.
var published = time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC)

// built is one version, ready to be served.
type built struct {
	module.Version
	mod      []byte
	zip      []byte
	bad      []byte // the zip with one more line in a .go file
	modSum   string
	zipSum   string
	modWrong []byte
}

func build(modules Modules) ([]*built, error) {
	var all []*built
	for id, files := range modules {
		p, v, ok := strings.Cut(id, "@")
		if !ok {
			return nil, fmt.Errorf("module %q: not path@version", id)
		}
		m := module.Version{Path: p, Version: v}
		if err := module.Check(p, v); err != nil {
			return nil, err
		}
		b := &built{Version: m, mod: []byte(cmp.Or(files["go.mod"], "module "+p+"\n"))}
		b.modWrong = append(slices.Clone(b.mod), "// one more line\n"...)
		var err error
		if b.zip, err = makeZip(m, files, b.mod, ""); err != nil {
			return nil, err
		}
		if b.bad, err = makeZip(m, files, b.mod, "\n// one more line\n"); err != nil {
			return nil, err
		}
		if b.modSum, err = sumOf("go.mod", b.mod); err != nil {
			return nil, err
		}
		if b.zipSum, err = sumOfZip(b.zip); err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b *built) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), semver.Compare(a.Version.Version, b.Version.Version), cmp.Compare(a.Version.Version, b.Version.Version))
	})
	return all, nil
}

func makeZip(m module.Version, files map[string]string, mod []byte, more string) ([]byte, error) {
	list := []zip.File{memFile{name: "go.mod", data: mod}}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "go.mod" {
			continue
		}
		data := files[name]
		if strings.HasSuffix(name, ".go") {
			data, more = data+more, ""
		}
		list = append(list, memFile{name: name, data: []byte(data)})
	}
	var out bytes.Buffer
	err := zip.Create(&out, m, list)
	return out.Bytes(), err
}

func sumOf(name string, data []byte) (string, error) {
	return dirhash.Hash1([]string{name}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
}

func sumOfZip(data []byte) (string, error) {
	z, err := stdzip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", err
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	return dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return z.Open(name) })
}

// memFile is a file of a module that lives in memory.
type memFile struct {
	name string
	data []byte
}

func (f memFile) Path() string                 { return f.name }
func (f memFile) Lstat() (os.FileInfo, error)  { return f, nil }
func (f memFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }
func (f memFile) Name() string                 { return path.Base(f.name) }
func (f memFile) Size() int64                  { return int64(len(f.data)) }
func (f memFile) Mode() os.FileMode            { return 0o644 }
func (f memFile) ModTime() time.Time           { return published }
func (f memFile) IsDir() bool                  { return false }
func (f memFile) Sys() any                     { return nil }

// serveModule answers the five requests of the module protocol.
func (s *Server) serveModule(w http.ResponseWriter, r *http.Request, mode Mode, rest string) {
	absent := func() {
		status := http.StatusNotFound
		if mode == AllForbidden {
			status = http.StatusForbidden
		}
		http.Error(w, "not found: no such module version", status)
	}
	escaped, what, ok := strings.Cut(rest, "/@")
	p, err := module.UnescapePath(escaped)
	if !ok || err != nil {
		absent()
		return
	}
	var versions []*built
	for _, b := range s.modules {
		if b.Path == p {
			versions = append(versions, b)
		}
	}
	if len(versions) == 0 {
		absent()
		return
	}
	newest := versions[len(versions)-1]
	switch {
	case what == "latest":
		writeInfo(w, newest)
		return
	case what == "v/list":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		var list strings.Builder
		for _, b := range versions {
			if mode != Stale || b == newest {
				list.WriteString(b.Version.Version + "\n")
			}
		}
		_, _ = io.WriteString(w, list.String())
		return
	}
	file := strings.TrimPrefix(what, "v/")
	ext := path.Ext(file)
	version, err := module.UnescapeVersion(strings.TrimSuffix(file, ext))
	at := slices.IndexFunc(versions, func(b *built) bool { return b.Version.Version == version })
	if err != nil || at < 0 {
		absent()
		return
	}
	b := versions[at]
	switch ext {
	case ".info":
		writeInfo(w, b)
	case ".mod":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(choose(mode == BadMod, b.modWrong, b.mod))
	case ".zip":
		w.Header().Set("Content-Type", "application/zip")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(choose(mode == BadZip, b.bad, b.zip)))
	default:
		absent()
	}
}

func writeInfo(w http.ResponseWriter, b *built) {
	w.Header().Set("Content-Type", "application/json")
	data, _ := json.Marshal(struct {
		Version string
		Time    time.Time
	}{b.Version.Version, published})
	_, _ = w.Write(data)
}

func choose(wrong bool, bad, good []byte) []byte {
	if wrong {
		return bad
	}
	return good
}
