package cache

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/proxy"
)

// The test binary is also the process that is killed: with this variable set it
// does what child says.
const childEnv = "YINGZAO_TEST_CACHE"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		child(job)
	}
	goleak.VerifyTestMain(m)
}

// open opens a cache that ends with the test; without a directory in a new one.
func open(t testing.TB, o Options) *Cache {
	t.Helper()
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "cache")
	}
	c, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = time.Millisecond
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// moduleZip makes a valid zip with about size bytes of content, and its h1.
func moduleZip(t testing.TB, path, version string, size int) ([]byte, string) {
	t.Helper()
	return packed(t, path, version, size, zip.Store)
}

func packed(t testing.TB, path, version string, size int, method uint16) ([]byte, string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, file := range []struct {
		name    string
		content []byte
	}{{"go.mod", []byte("module " + path + "\n")}, {"a.go", bytes.Repeat([]byte{'x', byte(size)}, size/2)}} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: path + "@" + version + "/" + file.name, Method: method})
		if err == nil {
			_, err = f.Write(file.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h1, err := hashZip(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h1
}

func key(kind proxy.Kind, path, version string) string {
	return proxy.File{Kind: kind, Module: path, Version: version}.Path()
}

// fill writes a file by Create, WriteAt and Commit.
func fill(ctx context.Context, c *Cache, key string, data []byte, r Record) error {
	p, err := c.Create(ctx, key)
	if err != nil {
		return err
	}
	defer p.Park()
	if _, err := p.WriteAt(data, 0); err != nil {
		return err
	}
	return p.Commit(ctx, r)
}

func mustFill(t testing.TB, c *Cache, key string, data []byte, r Record) {
	t.Helper()
	if err := fill(t.Context(), c, key, data, r); err != nil {
		t.Fatal(err)
	}
}

// content reads a file through Get.
func content(t testing.TB, c *Cache, key string) string {
	t.Helper()
	o, err := c.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// need skips the test, or fails it where everything must be there.
func need(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("needs %s, and YINGZAO_E2E=require", what)
	}
	t.Skipf("needs %s", what)
}

// clock is a clock that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func version(n int) string { return fmt.Sprintf("v1.0.%d", n) }

func sha256Of(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}
