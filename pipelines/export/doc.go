// Package export puts what a site's CI systems need from us into one folder, for
// places that have a GitLab or a Jenkins and no way out.
//
//	README.md, README.zh-CN.md   what to do with the rest
//	SHA256SUMS                   of every other file
//	bin/yingzao_<os>_<arch>      the program
//	bin/bootstrap.sh .cmd .ps1   bring it to a workstation that has nothing
//	gitlab/                      a component project that tests itself, and the template for old GitLab
//	jenkins/                     a shared library
//	bkci/                        a plug-in to upload, and a pipeline
//	yunxiao/, gitee/             a custom step, a snippet
//
// The templates are made anew from the parameters, with the sums of exactly these
// binaries as the default of tool_sha256, so nothing else that lies under the same
// address is ever run.
//
// # Rules
//
// Equal inputs give equal bytes, whatever the time, zone and umask are. Nobody sees
// half a folder: it is made beside its place and moved there. What is in its place
// has to be nothing, an empty folder, or an earlier export in which nobody worked
// since, and then nothing stale is left.
//
// Whether a binary is what it is said to be is the caller's concern; this package
// takes its bytes as they are.
package export
