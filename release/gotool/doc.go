// Package gotool settles once which Go toolchain builds a project, and then
// runs it hermetically.
//
// [Find] asks the go command a single question (go env -json, in the project's
// folder, with the user's own settings, so that GOTOOLCHAIN and the go line of
// go.mod are obeyed). From then on nothing outside is asked again: every run
// goes straight to the selected GOROOT with GOENV=off, GOWORK=off,
// GOTOOLCHAIN=local, an empty GOFLAGS, GOEXPERIMENT and GODEBUG, and
// CGO_ENABLED=0, because any of these left to a machine's own files changes
// bytes without a word. Only what decides where modules come from and where
// caches lie is taken over from the user.
package gotool
