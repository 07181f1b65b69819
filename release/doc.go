// Package release turns a Go module into verified, static, reproducible and
// published binaries.
//
// The work has five steps, each a function that reads and writes plain files,
// so that any CI system, or several machines, can do them apart:
//
//	plan     config + git + go settings  → [Plan]      plan.json
//	build    plan + one target           → [Part]      a folder with part.json
//	merge    plan + parts                → manifest    dist/ with manifest.json
//	publish  manifest + files            → a store     (package publish)
//	verify   a store                     → a report    (package publish)
//
// A plan is complete: every template is expanded, every target, flag, file name
// and archive member is decided and covered by its digest. A part depends on
// nothing but the plan and the sources the plan names; the same plan and target
// give the same bytes on any host. [Run] does all of it in one go and keeps what
// did not change.
//
// The bytes of a release are decided in few places: gotool (the environment of
// the compiler), internal/archive (headers and compressors), linuxpkg (deb and
// rpm) and the plan itself.
package release
