package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// envRules are the rules about settings and the env file.
func envRules() []envcheck.Rule {
	return []envcheck.Rule{env001, env002, env003, env004, env005, env006, env007, env008, env009, env010, env011, env012, env013,
		env014, env015, env018, env019, env020, env030, env031, env032}
}
