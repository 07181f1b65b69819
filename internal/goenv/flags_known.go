package goenv

import (
	"maps"
	"strings"
)

// The flags of Go 1.26: GOFLAGS may hold what any command takes. A test asks the
// go command for each of them, and for each word of its source that could be one.
var (
	// buildFlag are the flags of go build that need no value.
	buildFlag = set(`a asan buildvcs cover json linkshared modcacherw msan n race trimpath v work x`)
	// buildValueFlag are those that need one.
	buildValueFlag = set(`C asmflags buildmode compiler covermode coverpkg debug-actiongraph debug-runtime-trace debug-trace
		gccgoflags gcflags installsuffix ldflags mod modfile o overlay p pgo pkgdir tags toolexec`)
	testFlag = set(`artifacts bench benchmem benchtime blockprofile blockprofilerate c count coverprofile cpu cpuprofile
		exec failfast fullpath fuzz fuzzminimizetime fuzztime list memprofile memprofilerate mutexprofile mutexprofilefraction
		outputdir parallel run short shuffle skip test.artifacts test.bench test.benchmem test.benchtime test.blockprofile
		test.blockprofilerate test.count test.coverprofile test.cpu test.cpuprofile test.failfast test.fullpath test.fuzz
		test.fuzzminimizetime test.fuzztime test.list test.memprofile test.memprofilerate test.mutexprofile
		test.mutexprofilefraction test.outputdir test.parallel test.run test.short test.shuffle test.skip test.timeout
		test.trace test.v timeout trace vet`)
	otherFlag = set(`cache changed compat compiled d deps diff dropexclude dropgodebug dropignore dropreplace droprequire
		dropretract droptool dropuse e exclude export f find fix fixtool fmt fuzzcache go godebug i ignore insecure m modcache
		module print r replace require retract retracted reuse t test testcache tool toolchain u use vendor versions vettool w`)
	knownFlag = union(buildFlag, buildValueFlag, testFlag, otherFlag)

	// toolFlags are the flags whose value is a list of another tool's flags.
	toolFlags = set(`asmflags gccgoflags gcflags ldflags`)
)

func set(names string) map[string]bool {
	out := make(map[string]bool)
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

func union(sets ...map[string]bool) map[string]bool {
	out := make(map[string]bool)
	for _, s := range sets {
		maps.Copy(out, s)
	}
	return out
}
