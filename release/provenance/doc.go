// Package provenance writes down how a release was made, as an in-toto statement
// with SLSA's provenance predicate, version 1, in a DSSE envelope: source, plan,
// toolchain with its h1, environment, flags, modules, and who built which part.
//
// # The statement
//
// Subjects are manifest.json and every artifact, by SHA-256. Under buildDefinition
// stands what decides the bytes, as the plan and the binaries say it; under
// runDetails who did it and when, which nobody compares. Nothing is taken from the
// environment but a CI job's address, from variables that are named in [JobURL],
// without user names and queries.
//
// # The envelope
//
// DSSE v1 with the payload type application/vnd.in-toto+json, and one signature for
// each signer of the manifest: plain Ed25519, or SM2 in ASN.1 with the default user id,
// over DSSE's pre-authentication encoding. The key id is the signer's. Whoever signs later, what is published already, does so in a
// file of his own with the same payload ([Further]). A signature that names a trusted
// key and is not by it makes the file wrong; one of a stranger says nothing.
//
// # Digests of directories
//
// A module's or toolchain's h1 is given as in-toto has it, dirHash1 in hex, and once
// more as go.sum spells it, in an annotation. Of a toolchain an annotation says what
// vouches for it: "genuine" and "genuine-but-go-env" are proven against the checksum
// database's log, "unverified" is the sum of the files as they lay there, which
// nobody has confirmed. Where not even that is known there is no digest.
//
// # Second parties
//
// Who builds the release again and gets the same bytes adds an envelope of his own
// beside the first ([Rebuild], predicate [RebuildType]); its subjects are the
// artifacts that came out the same, and none else.
package provenance
