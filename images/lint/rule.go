package lint

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/lint"
)

type rules = lint.Rules[*view]

// Rules lists every rule in the order of codes.
func Rules() lint.Rules[*view] {
	return slices.Concat(baseRules(), packageRules(), downloadRules(), goRules(), loongRules(), imageRules(), rules{
		lint.IgnoreRule[*view]("DKR090", "0.5.0", "FROM debian:12\n# yingzao:ignore DKR050\nUSER root",
			"FROM debian:12\n# yingzao:ignore DKR050 the runner mounts its cache as root\nUSER root"),
	})
}
