// Package start writes the file that brings a project into a CI system: a
// .gitlab-ci.yml of six lines, a Jenkinsfile of three, a .ci/go-release.yml.
//
// [Files] is a pure function of what is known about the project and of what was
// asked for; it says only what differs from the defaults. Where a site has a copy of
// ours to share (a component, a library, a plug-in) the file refers to it; otherwise
// the file, or one beside it, carries everything itself. Jenkins alone always needs
// its library.
package start
