// Package bundle makes, checks and imports the proxy's bundles: a directory or a
// tar that carries modules, toolchains and their proofs across an air gap.
package bundle
