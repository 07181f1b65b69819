// Package gather collects a snapshot of this machine, this user and a project
// for package envcheck.
//
// It reads files and runs at most three commands (go env, git config, and for a
// cross build with cgo the C compiler), the go command always with
// GOTOOLCHAIN=local so that nothing is downloaded. It opens no connection. What
// cannot be read is recorded in the snapshot as such, and is never an error of
// the gathering: a machine without go, or with one that its own env file has
// bricked, gives a snapshot like any other.
//
// Secrets stay behind: passwords of netrc files and URLs are not copied, and of
// the environment only the variables that mean something to Go.
package gather
