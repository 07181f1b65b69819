// Package matrix is the one table of builder images: Go SDKs with their sums, base
// images with the evidence for them, and what can be built from which.
//
// The table is matrix.yaml beside this file. Digests of bases are not in it but in
// matrix.lock.json: they change with every rebuild of a vendor, and a site fills in
// those of its own registry. A base whose digest is not known there is "unpinned",
// which is a warning and never an error; a digest that differs is an error.
//
// What cannot be built is in the table too, with the reason: a hole that says why
// is worth more than a row that nobody tried.
//
// # Rules of the table
//
// [Parse] refuses, each with line and column and all of them at once:
//
//   - an SDK without a whole sum, or without the source of it;
//   - an ABI1.0 SDK without SHA-256 (no database knows those) or without its URL
//     (its file name is that of the upstream one, which would be fetched instead);
//   - a base without evidence, or with a digest or no tag in its reference;
//   - package managers that are not of the base's family;
//   - a LoongArch platform that does not name its world, or another one that does;
//   - a text in one language only.
//
// # What every image looks like
//
// The two ways to an image, package render and package assemble, are told apart
// neither by paths nor by settings nor by labels: those are in layout.go.
package matrix
