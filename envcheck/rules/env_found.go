package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// settingFound is a finding about a value where it stands.
func settingFound(s envcheck.Setting, m msg.Text, fix *envcheck.Fix) envcheck.Finding {
	return envcheck.Finding{Subject: s.Key, Where: s.Place, Message: m, Fix: fix,
		Evidence: []envcheck.Evidence{{Name: s.Key, Value: s.Value, Place: s.Place}}}
}
