// Package render writes the Dockerfiles of the matrix. [Dockerfile] is a pure
// function of the matrix's rows and the templates beside this file; what it gave
// is committed below images/dockerfiles, and a test holds the two together.
//
// # The build context
//
// The SDK comes out of the context, where [Stage] has put it after it was verified:
//
//	ctx/sdk/amd64/go/…      the SDK's files under the names of a GOROOT
//	ctx/sdk/amd64/h1        their list: SHA-256, two spaces, name in the toolchain module
//	ctx/sdk/arm64/…
//
// The list is the very text that Go's checksum database hashes. Its own SHA-256, in
// base64, is the SDK's h1; so a Dockerfile that holds this number proves the SDK
// again with sha256sum alone, whatever happened to the context on its way through
// memory sticks and jump hosts. Files that are not in the list are refused too.
//
// An unpacked tree and not an archive: bases without tar are common, ADD would
// unpack what nobody has looked at, and COPY does the same on every engine.
//
// # What holds for every Dockerfile
//
//   - It is built by Docker with and without BuildKit, podman and buildah: no
//     `# syntax` line (which would be fetched), no heredoc, no --checksum, no --mount.
//   - BASE and BASE_DIGEST are arguments, so a site pins its own copy of the base.
//   - TARGETARCH chooses the SDK; engines that do not set it get all that was
//     staged, and `uname -m` chooses.
//   - It needs no network but for packages, and PACKAGES= skips those.
//   - RUN is POSIX sh and uses nothing but coreutils and sed. Users are lines in
//     passwd, since useradd is not in small bases.
//   - An old-world LoongArch platform has a file of its own, Dockerfile.abi1.0: its
//     SDK, its Go release and its explanations are others.
package render
