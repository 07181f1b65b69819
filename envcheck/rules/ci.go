package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// ciRules are the rules about CI files, Dockerfiles and the machines of jobs.
func ciRules() []envcheck.Rule {
	return []envcheck.Rule{ci001, ci002, ci003, ci004, ci005, ci006, ci007, ci008, ci009, ci010, ci011, ci012, ci013}
}
