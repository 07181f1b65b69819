// Package stages turns a stage of a pipeline and its parameters into the commands
// that make it up. Nothing is run here: [Steps] is a pure function, and whoever
// runs its steps prints each line first, so that a job can be repeated by hand. What
// the command calls the stage "release" is all of them, one after the other.
//
//	check      yingzao check, with reports for the CI system
//	prefetch   go mod download and verify; yingzao release plan
//	build      go mod download, where the cache did not come along; yingzao release
//	           build for one target, or for all
//	verify     builds targets again, with an empty build cache, for comparison
//	merge      yingzao release merge of what the builds and the repetition gave
//	publish    yingzao release publish to each store, and verify of what is there
//
// # Folders
//
// Below the project's folder:
//
//	dist/plan.json            prefetch writes it, everybody else reads it
//	dist/parts/<target>       of build
//	dist/again/<target>       of verify
//	dist/reports              JUnit, code quality, dotenv, links
//	<cache_dir>/mod, build    the module cache and the build cache
//
// <target> is the target with "_" for "/", as in linux_amd64.
package stages
