package lint

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

type rules = lint.Rules[*view]

// Rules lists every rule in the order of codes.
func Rules() lint.Rules[*view] {
	return slices.Concat(cacheRules(), goRules(), releaseRules(), gitlabRules(), inputRules(), scriptRules(), jenkinsRules(), rules{
		lint.IgnoreRule[*view]("PPL090", "0.6.0", "build:\n  # yingzao:ignore PPL050\n  image: golang:latest\n  script: [make]",
			"build:\n  # yingzao:ignore PPL050 this job tries what is newest\n  image: golang:latest\n  script: [make]"),
	})
}
