// Package mirrortest is a Go module mirror on loopback for tests: one server
// that answers well or badly depending on the first element of the path, and
// that writes down who asked for what.
//
//	s := mirrortest.New(t, mirrortest.Options{
//		Modules: mirrortest.Modules{"example.com/hello@v1.0.0": {"hello.go": "package hello\n"}},
//		SumDB:   "sum.mirror.test",
//	})
//	env := []string{
//		"GOPROXY=" + s.URL(mirrortest.Forbidden) + "|" + s.URL(mirrortest.OK),
//		"GOSUMDB=" + s.SumDBKey(),
//	}
//	… run the real go command …
//	for _, r := range s.Requests() { … }
//
// The server listens on a free port of 127.0.0.1, makes its zips in memory and
// signs its checksum database with a key of its own. The database is served
// below every well-behaved mode as /sumdb/<name>/, and by itself at
// [Server.SumDBURL]. [NewProxy] is the HTTP forward proxy that goes with it:
// through it a test reaches the mirror under any host name, without DNS.
//
// Nothing here is for production; nothing but tests may import it.
package mirrortest
