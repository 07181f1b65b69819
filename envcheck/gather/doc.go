// Package gather collects a snapshot of this machine, this user and a project
// for package envcheck.
//
// It reads files and runs at most three commands side by side: go env, git
// config, and for a cross build with cgo the C compiler. It writes nothing and
// opens no connection, and neither does what it runs: the go command always gets
// GOTOOLCHAIN=local, so that nothing is downloaded, and no place for telemetry,
// whose counters it would write and whose reports it might send (on Linux and
// other systems with XDG_CONFIG_HOME; a wrapper that is not the go command itself
// is left its own settings).
//
// What cannot be read is recorded in the snapshot as such, and is never an error
// of the gathering: a machine without go, or with one that its own env file has
// bricked, gives a snapshot like any other. A command that does not answer is
// ended with its children after three seconds, and stands in Missing. Nothing but
// a regular file is ever opened, so that no pipe can hold us up.
//
// Secrets stay behind: passwords of netrc files and of git's configuration are
// not copied, and of the environment only the variables that mean something to
// Go; see [Environ]. What a rule has to judge is kept as it is (GOPROXY and the
// proxy variables may hold user:password@): the report masks it.
//
// How settings are read out of shell start files, Dockerfiles and CI files is
// package sources.
package gather
