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
package matrix
