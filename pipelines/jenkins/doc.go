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
// # What travels
//
// One agent checks out, checks and plans, and stashes the checkout without .git; each
// target is built from the stash on an agent of its own, which needs no git and no
// access to the repository; parts come back as stashes, and one agent merges and
// publishes. A machine that is lost, or a command that is killed, is repeated once
// elsewhere; a command that fails is not. The cache (cacheDir) lies in the workspace
// beside the sources and stays there from build to build; ../NAME is one for all jobs
// of an agent. It does not travel: each agent fetches modules for itself.
//
//	release for a tag       multibranch jobs set TAG_NAME; elsewhere version and publishWhen: 'always'
//	reproduce               the second build waits for an agent (runner) other than the first one's
//	credentialsId           one for all clouds, or [oss: 'one', cos: 'another']; with oidcRole, an identity token
//	variables               a job's parameter or an agent's variable YINGZAO_… counts where the step says nothing
//
// A stash copies what a link to a folder leads to, so a repository with such links is
// refused by the builders ("the source tree differs"). Jenkins' stashes are not made
// for more than some hundred megabytes.
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
