package mirrortest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
)

// database is a checksum database with a key of its own.
type database struct {
	name     string
	verifier string // what GOSUMDB is set to
	honest   http.Handler
	badKey   http.Handler
	badRec   http.Handler
}

func newDatabase(name string, modules []*built) (*database, error) {
	honest, verifier, err := signed(name, modules)
	if err != nil {
		return nil, err
	}
	// The same name, another key: a client with the first key must refuse it.
	other, _, err := signed(name, modules)
	if err != nil {
		return nil, err
	}
	return &database{
		name:     name,
		verifier: verifier,
		honest:   honest,
		badKey:   other,
		badRec:   tampered(honest),
	}, nil
}

// logged are versions that only the database has.
func logged(sums map[string]string) []*built {
	var out []*built
	for _, id := range slices.Sorted(maps.Keys(sums)) {
		path, version, _ := strings.Cut(id, "@")
		out = append(out, &built{Version: module.Version{Path: path, Version: version}, zipSum: sums[id], modSum: sums[id]})
	}
	return out
}

// signed makes a database whose tree already holds every module, in order: its
// head does not move while a test looks.
func signed(name string, modules []*built) (http.Handler, string, error) {
	signer, verifier, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return nil, "", err
	}
	ops := sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) {
		for _, b := range modules {
			if b.Path == path && b.Version.Version == version {
				return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, b.zipSum, path, version, b.modSum), nil
			}
		}
		return nil, fs.ErrNotExist
	})
	for _, b := range modules {
		if _, err := ops.Lookup(context.Background(), module.Version{Path: b.Path, Version: b.Version.Version}); err != nil {
			return nil, "", err
		}
	}
	return sumdb.NewServer(ops), verifier, nil
}

// tampered changes a hash in every record that goes by.
func tampered(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/lookup/") {
			w = &forgingWriter{w}
		}
		h.ServeHTTP(w, r)
	})
}

type forgingWriter struct{ http.ResponseWriter }

func (f *forgingWriter) Write(p []byte) (int, error) {
	_, err := f.ResponseWriter.Write([]byte(strings.Replace(string(p), " h1:", " h1:AAAA", 1)))
	return len(p), err
}

// serveSumDB answers below <mode>/sumdb/; rest is "<name>/…".
func (s *Server) serveSumDB(w http.ResponseWriter, r *http.Request, mode Mode, rest string) {
	name, path, _ := strings.Cut(rest, "/")
	if s.db == nil || name != s.db.name || mode == NoSumDB {
		http.Error(w, "no such checksum database", http.StatusNotFound)
		return
	}
	if path == "supported" {
		w.WriteHeader(http.StatusOK)
		return
	}
	h := s.db.honest
	switch mode {
	case BadKey:
		h = s.db.badKey
	case BadRecord:
		h = s.db.badRec
	}
	serveBelow(h, w, r, "/"+path)
}

// serveBelow lets h answer as if the request had come for the path.
func serveBelow(h http.Handler, w http.ResponseWriter, r *http.Request, path string) {
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = path, ""
	h.ServeHTTP(w, r)
}
