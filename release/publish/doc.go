// Package publish puts one release into a store as a transaction, keeps the
// few objects that lead readers to it, and reads everything back.
//
// # Layout
//
//	<project>/<version>/<artifact>      immutable
//	<project>/<version>/SHA256SUMS      immutable, as sha256sum writes it
//	<project>/<version>/manifest.json   immutable; the version exists once this does
//	<project>/<version>/*.minisig …     signatures and attestations ([manifest.Sidecar]); stay as they are, may be added to
//	<project>/<version>/.yanked.json    present while the version is yanked ([Tombstone])
//	<project>/<version>/.removing.json  present while gc removes the version
//	<project>/index.json                every version, its files and digests ([Index])
//	<project>/index.html, install.sh    for people and for shells
//	<project>/latest.json               the version to take ([Latest]); absent when there is none
//	<project>/.promoted.json            present while a version is chosen by hand ([Promotion])
//	<project>/.claim-<version>.json     present while a version is being completed ([Claim])
//
// There is no page over all projects: two projects published at the same time
// would overwrite each other's, and finding all of them means listing the whole
// store.
//
// # Order
//
// [Publish] sends all parts of all artifacts and checks their digests on the
// way; takes the claim; completes each artifact without ever overwriting;
// writes SHA256SUMS, then manifest.json; drops the claim; adds the sidecars, which
// are about the manifest that is in; writes index.json,
// index.html, install.sh and, last of all, latest.json. A failure before the
// first artifact is completed leaves nothing but, at worst, the claim, which no
// reader looks at. A failure anywhere leaves latest.json as it was. Publishing
// the same bytes again completes what was interrupted and keeps what is there.
//
// # Interruption
//
// The bytes are moved by package transfer: it repeats what failed for a moment,
// finds out how many connections the link can use, and with [Options.Journal]
// takes up what an interrupted run has sent. After an error, uploads stay in the
// store for that; without a journal, or when the version can never have these
// bytes, they are thrown away. Readers see nothing of them either way.
//
// # The claim
//
// Completing several objects is not atomic, so before the first one a publisher
// writes the claim, put-if-absent: who, when, and the digest of what will be
// published ([Fingerprint]). A publisher of the same bytes may go on under
// another's claim, which is how a killed run is resumed; one of different bytes
// is refused. Having the claim, it looks for the manifest once more. A claim is
// removed only once a manifest is in, never because a run failed: somebody else
// may be relying on it, and whoever claims later finds the manifest. So of any
// number of racing publishers with different bytes exactly one wins.
//
// Where the store cannot promise put-if-absent ([store.Caps]) the object is
// looked for first and read back after, and the result says so.
//
// # Concurrent changes
//
// Publishers of different versions share index.json and what follows, and no
// store can compare-and-swap. Each one therefore derives these four objects from
// what is listed (the manifests, and the small objects whose names begin with a
// dot), writes what differs, and lists and reads everything again until nothing
// differs. Whoever writes last also looks last, and a version that it did not see
// has a publisher that has not written yet; hence no entry is lost and the objects
// fit together. Between two such writes latest.json may for a moment name the
// lower of two versions that are published at the same time.
//
// [Promote], [Yank] and [Unyank] write or delete their one object and then do the
// same, so that nothing they decide can be undone by somebody who publishes at the
// same time. Only base_url, the public address, is handed on from one index.json
// to the next.
//
// # Which version is latest
//
// Versions are ranked: releases, then prereleases, then versions that are not
// semantic, then snapshots. Within the first two semver decides, within the
// others the time of publication. latest.json names the highest that is not
// yanked, so a snapshot or a prerelease never replaces a release and a patch to
// an old line does not move it back. [Promote], or [Options.ForceLatest], names a
// version all the same and remembers in "over" the highest that it passed over; a
// later version takes its place once it ranks above that. Should that one be
// yanked, the promoted version is back. Promoting the highest ends a promotion.
//
// # Yanked versions
//
// A yank is a mark with a reason, never a deletion: who has pinned the version
// gets the same bytes for ever. It cannot be latest, install.sh refuses it, and
// the page, the index and [Verify] say why. Where all are yanked latest.json is
// removed: a program that asks for it is better told that there is none than sent
// somewhere.
//
// # What is removed
//
// [GC] removes snapshots (and prereleases, if asked) that are old and many, never a
// release, nor what latest.json or a promotion names, and what uploads that died
// more than a day ago left. It marks the version, settles the index without it,
// deletes the manifest, then the rest, then the mark; so readers see a version
// whole or not at all, and a gc that was interrupted is finished by the next.
// A publisher makes or renews its claim, then looks for the mark and at what it
// found there before; gc makes the mark, then looks for claims younger than a day:
// of the two at least one sees the other. A mark belongs to whoever wrote it last.
//
// # Single files
//
// [Put] sends files of a version one at a time, by the same rules (never
// overwriting) and without claim, manifest or index: for tools that call a command
// for each file. No reader is led to them. [Publish] of the whole afterwards finds
// them by size and digest, sends what is missing, and makes the version exist.
//
// # Trust
//
// index.json and latest.json carry the SHA-256 of each manifest, the manifest
// that of each artifact and each binary, latest.json that of the two pages.
// This finds damage and inconsistent tampering; against somebody who may write
// to the whole store only a signature helps: keys are the business of package trust,
// which judges by a [Check]. The ids of keys in index.json and on the page say which
// key to look for and prove nothing.
package publish
