package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// vcsRules are the rules about git and credentials.
func vcsRules() []envcheck.Rule {
	return []envcheck.Rule{vcs001, vcs002, vcs003, vcs004, vcs005, vcs006, vcs007, vcs008, vcs009, vcs010, vcs011, vcs012}
}
