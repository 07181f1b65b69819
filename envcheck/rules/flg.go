package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// flgRules are the rules about GOFLAGS.
func flgRules() []envcheck.Rule {
	return []envcheck.Rule{flg001, flg002, flg003, flg004, flg005, flg006, flg007, flg008, flg009, flg010}
}
