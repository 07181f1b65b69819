// Package config says what to release. It reads a project's .yingzao.yaml or
// its GoReleaser file, or neither, and returns one [Project] in every case; the
// engine never learns which it was. It is the only package that knows
// GoReleaser.
//
// # Files
//
// [Load] takes the first of .yingzao.yaml, .yingzao.yml that has a release
// section, then GoReleaser's own names in GoReleaser's own order. A release
// section with from: lays its keys over the GoReleaser file it names. Without
// any file the [Project] is the default: every main package, three linux
// targets, tar.gz, sha256.
//
// # GoReleaser files
//
// Every section of a GoReleaser file is in one of three classes (see sections
// in goreleaser_classes.go, the documented table): mapped, skipped with a
// notice because it publishes to code hosts and package collections, or refused
// by name and line because it asks for an artifact that is not made here.
// Options.Ignore turns a refusal into a notice. The same holds for each field
// of a mapped section. Nothing is skipped without a word; tests hold both
// tables against GoReleaser's types.
//
// # Templates
//
// Strings marked "template" in [Project] are filled in by [Expand], with
// GoReleaser's field names and functions and two deliberate differences: time
// is the commit's, and neither the environment nor the machine's files can be
// read beyond what the caller gives.
package config
