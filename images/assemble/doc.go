// Package assemble puts a builder image together without a daemon, root, network or
// emulation: the layers of a base, a layer with a user and the directories that a
// build writes to, and a layer with a verified Go SDK. It is the only importer of
// go-containerregistry.
//
// # The same bytes
//
// Equal inputs give the same digests on every machine: layers are written in the
// order of names with fixed times and owners and compressed by a pinned library,
// and the image's time is that of the Go release, not of the clock. Nothing in an
// image says where on which machine, from which mirror or under which file name its
// parts lay. The SDK layer depends on the SDK alone, so every base of an
// architecture shares it, and a registry gets it once.
//
// # An image
//
//	the base's layers   untouched; a root file system archive becomes one layer
//	                    whose tar is the archive's, byte for byte
//	user and folders    /etc/passwd and /etc/group with uid 65532; /home/builder,
//	                    /cache/go-build, /cache/mod and /go, writable by any uid
//	the SDK             /usr/local/go, from [fetch.SDK]
//
// A Go that the base has in the SDK's place is whited out, never mixed. To each
// image belongs a bill of materials (package sbom): an OCI referrer of the image,
// and a file beside a layout or archive.
//
// # What is refused
//
// Before a byte of output is written the base is held against what it shall carry:
// its architecture, as it is declared and as its programs show it, the family of
// its packages, its digest against the lock, and for LoongArch the world of its
// loader against the SDK's ([Check]). A mismatch is an error that explains itself,
// since nothing else would until the first program dies by SIGSEGV.
//
// Links are legitimate in a layer and are never followed on this machine: layers
// are read, not unpacked. Names that are absolute (in a root file system archive)
// or contain ".." are refused.
//
// # The cache
//
//	blobs/sha256/<hex>    compressed layers: SDKs, root file systems, registries'
//	layers/<key>.json     which blob an input became
//	tmp/                  leased (package workdir), swept when its owner is dead
//
// Whatever is read from the cache, a layout or a registry is compared with its
// digest on the way into the image. An SDK is compared with its h1 once more while
// its layer is made. Several processes may share a cache: a blob appears complete
// under its name, and equal inputs make equal blobs.
//
// # What is left
//
// After an error or a cancelled context the output is as it was. A layout that is
// there keeps its other images; blobs that nothing names any more are not removed.
// Two processes that write one layout at once may lose one of the two tags.
package assemble
