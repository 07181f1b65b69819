package upkeep

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const team = "git.corp.test/team"

// world is a mirror and a configuration that uses it.
func world(t *testing.T) (*mirrortest.Server, config.Config) {
	t.Helper()
	up := mirrortest.New(t, mirrortest.Options{SumDB: "sum.mirror.test", Modules: mirrortest.Modules{
		"example.com/a@v1.0.0": {"a.go": "package a\n"},
		"example.com/b@v1.1.0": {"b.go": "package b\n"},
		team + "@v1.0.0":       {"t.go": "package team\n"},
	}})
	text := fmt.Sprintf("version: 1\nproxy:\n  cache: {dir: cache}\n  mirrors: ['%s']\n  downloads: {mirrors: []}\n  sumdb: {databases: ['%s']}\n"+
		"  routes:\n    - {name: team, match: git.corp.test, mirrors: '%[1]s', private: true}\n    - {match: example.com/evil, block: it is evil}\n", up.URL(mirrortest.OK), up.SumDBKey())
	c, err := config.Parse(filepath.Join(t.TempDir(), ".yingzao.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return up, c
}

// filled has the modules in its cache, by way of a bundle.
func filled(t *testing.T, c config.Config, modules ...string) (to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "bundle")
	if _, err := Export(t.Context(), c, server.Deps{}, ExportOptions{To: to, From: bundle.From{Modules: modules}}); err != nil {
		t.Fatal(err)
	}
	return to
}

// snapshot is every file below a folder with its sum.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&b, "%s %x\n", name, sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
