//go:build !linux

package publish

import "testing"

// storeDir is a folder for a store.
func storeDir(t testing.TB) string { return t.TempDir() }
