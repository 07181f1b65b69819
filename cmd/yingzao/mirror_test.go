package main

import (
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// startMirror starts a module mirror on loopback, with a checksum database of its
// own, and ends it:
//
//	mirror up      sets $MIRROR and $MIRROR_KEY
//	mirror down
func startMirror(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case neg || len(args) != 1:
		ts.Fatalf("usage: mirror up|down")
	case args[0] == "down":
		ts.Value(mirrorKey{}).(*scriptMirror).close()
	default:
		s, err := mirrortest.Start(mirrortest.Options{SumDB: "sum.mirror.test", Modules: mirrortest.Modules{
			"example.com/hello@v1.0.0":          {"hello.go": "package hello\n"},
			"example.com/later@v1.2.0":          {"later.go": "package later\n"},
			"git.corp.example/team/tool@v1.0.0": {"tool.go": "package tool\n"},
		}})
		ts.Check(err)
		m := ts.Value(mirrorKey{}).(*scriptMirror)
		m.close = s.Close
		ts.Defer(s.Close)
		ts.Setenv("MIRROR", s.URL(mirrortest.OK))
		ts.Setenv("MIRROR_KEY", s.SumDBKey())
	}
}

type mirrorKey struct{}

// scriptMirror is the mirror of one script.
type scriptMirror struct{ close func() }

// address waits until a server that was started has written its address, and sets
// $PROXY and $PROXY_ADMIN:
//
//	address file
func address(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: address file")
	}
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if b, err := os.ReadFile(ts.MkAbs(args[0])); err == nil {
			lines := strings.Split(string(b), "\n")
			ts.Setenv("PROXY", lines[0])
			ts.Setenv("PROXY_ADMIN", lines[1])
			return
		}
	}
	ts.Fatalf("%s did not appear", args[0])
}
