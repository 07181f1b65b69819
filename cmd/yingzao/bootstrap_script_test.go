package main

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/rogpeppe/go-internal/testscript"
)

// platformSDK gives a small SDK the tools of this platform, by which it is known:
//
//	platform sdk
func platformSDK(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: platform folder")
	}
	dir := filepath.Join(ts.MkAbs(args[0]), "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(os.WriteFile(filepath.Join(dir, "compile"), []byte("compiler\n"), 0o755))
}
