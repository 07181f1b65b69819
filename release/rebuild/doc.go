// Package rebuild builds a published release again, from nothing but what was
// published (manifest, provenance, plan) and its source (by GOPROXY or from a git
// repository), and compares byte for byte. Where the bytes differ it names the
// file, the section, and the likely cause.
package rebuild
