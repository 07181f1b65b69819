// Package assemble puts a builder image together without a daemon, root, network or
// emulation: the layers of a base, a layer with a user and the directories that a
// build writes to, and a layer with a verified Go SDK.
//
// # The same bytes
//
// Equal inputs give the same digests on every machine: layers are written in the
// order of names with fixed times and owners and compressed by a pinned library,
// and the image's time is that of the Go release, not of the clock. The SDK layer
// depends on the SDK alone, so every base of an architecture shares it, and a
// registry gets it once.
//
// # What is refused
//
// Before a byte is written the base is held against what it shall carry: its
// architecture, the family of its packages, and for LoongArch the world of its
// loader against the SDK's. A mismatch is an error that explains itself, since
// nothing else would until the first program dies by SIGSEGV.
package assemble
