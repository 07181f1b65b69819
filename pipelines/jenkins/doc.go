// Package jenkins is a shared library for Jenkins, and a small Jenkins to try it on.
//
// # The library
//
// [Library] is what goes into a repository of its own, or into "Global Pipeline
// Libraries":
//
//	vars/goRelease.groovy     the two steps, with their parameters in .txt
//	vars/goEnvCheck.groovy
//	src/dev/yingzao           the flow, and what was given to it
//	resources/yingzao         scripts that bring yingzao to Unix and Windows agents
//
// Known.groovy, the .txt files and install.sh are generated from params.yaml. Every
// stage is one `yingzao pipeline run STAGE` on an agent; the Groovy decides only who
// runs it and what travels there.
//
// Parameters travel as one variable each, by withEnv, and not as JSON: a variable
// takes any text as it is, so there is neither an encoder to get wrong nor a JSON
// library that Jenkins' sandbox would have to allow.
//
// # Plugins
//
// Pipeline, Git, Credentials Binding, JUnit, and Lockable Resources where something is
// published.
//
// # The small Jenkins
//
// test/main.groovy runs pipelines on this machine: every agent has its own folder,
// labels and executors, scripts really run, branches are threads, stashes and
// artifacts are chosen by Ant's globs as in Jenkins, whatever a step is given has to
// survive serialization, and errors have Jenkins' texts. It is no Jenkins: code is
// not transformed to continuation-passing style. What that would break is found by
// test/CpsLint.groovy instead, which is as strict with this library as with anybody's.
package jenkins

import "embed"

// Library is the shared library's tree: vars, src and resources.
//
//go:embed vars src resources
var Library embed.FS
