package main

import (
	"archive/tar"
	"archive/zip"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// eachFile visits the regular files of a folder by their slash separated names.
func eachFile(dir string, visit func(name string, data []byte) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel), data)
	})
}

// zipDir packs a folder, each name with a prefix, into a zip:
//
//	zipdir folder file.zip golang.org/toolchain@v0.0.1-go1.26.8.linux-riscv64/
func zipDir(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: zipdir folder file prefix")
	}
	out, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	z := zip.NewWriter(out)
	ts.Check(eachFile(ts.MkAbs(args[0]), func(name string, data []byte) error {
		w, err := z.Create(args[2] + name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}))
	ts.Check(errors.Join(z.Close(), out.Close()))
}

// tarDir packs a folder into a tar, with a prefix before each name:
//
//	tardir folder file.tar
//	tardir folder file.tar ../
func tarDir(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: tardir folder file [prefix]")
	}
	prefix := strings.Join(args[2:], "")
	out, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	w := tar.NewWriter(out)
	ts.Check(eachFile(ts.MkAbs(args[0]), func(name string, data []byte) error {
		if err := w.WriteHeader(&tar.Header{Name: prefix + name, Mode: 0o755, Size: int64(len(data))}); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	}))
	ts.Check(errors.Join(w.Close(), out.Close()))
}

// pinSDK sets a variable to the h1 of an SDK's files, with Go's own go.env in the
// place of an edited one:
//
//	pin H1 sdk
func pinSDK(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pin VARIABLE folder")
	}
	dir := ts.MkAbs(args[1])
	tree, err := gosdk.ReadTree(context.Background(), dir, gosdk.Release{})
	ts.Check(err)
	for i, f := range tree.Files {
		if f.Name == "go.env" {
			text, err := os.ReadFile(filepath.Join(dir, f.Name))
			ts.Check(err)
			if official, ok := gosdk.RestoreGoEnv(text); ok {
				tree.Files[i].Sum = sha256.Sum256(official)
			}
		}
	}
	ts.Setenv(args[0], tree.H1())
}

// startRegistry runs an image registry and sets $REGISTRY to host:port.
func startRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: registry")
	}
	s := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0)), registry.WithReferrersSupport(true)))
	ts.Defer(s.Close)
	ts.Setenv("REGISTRY", strings.TrimPrefix(s.URL, "http://"))
}
