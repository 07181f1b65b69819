// Package images makes Go builder images for the systems that Xinchuang sites run:
// Kylin, UOS, openEuler, Loongnix and others on amd64, arm64 and both worlds of
// LoongArch.
//
// There are two ways to one image, and both put the same verified Go SDK in the
// same place:
//
//   - images/render writes Dockerfiles for sites with Docker, buildah or podman;
//   - images/assemble puts layers together itself: no daemon, no root, no network,
//     no emulation, and the same bytes on every machine.
//
// What there is to build, from which base, with which Go and on whose evidence, is
// data: images/matrix. images/lint judges anybody's Dockerfile.
package images
