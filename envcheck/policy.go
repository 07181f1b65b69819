package envcheck

import (
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Policy is what an organisation says is right: the section check of
// .yingzao.yaml. The zero value asks for nothing.
type Policy struct {
	// Profile is used where the command line names none.
	Profile string `yaml:"profile"`
	// Mirrors are the only module mirrors that GOPROXY may name, as URLs; a mirror
	// below one of them is fine. Empty = any.
	Mirrors []string `yaml:"mirrors"`
	// GOPROXY is recommended instead of the profile's.
	GOPROXY string `yaml:"goproxy"`
	// GOSUMDB lists the values that GOSUMDB may have. Empty = the public database
	// by either of its names.
	GOSUMDB []string `yaml:"gosumdb"`
	// Private are patterns, as in GOPRIVATE, of modules that must not be named
	// outside.
	Private []string `yaml:"private"`
	// Public are hosts of modules that are public although their name is unknown.
	Public []string `yaml:"public"`
	// Go are constraints on the Go version, all of which must hold: ">=1.25.13".
	Go []string `yaml:"go"`
	// Rules gives single rules another severity, or off.
	Rules map[string]string `yaml:"rules"`
	// FailOn is the mildest severity that makes the check fail; "" = error.
	FailOn string `yaml:"fail_on"`
	// Baseline is a baseline file, relative to the file of the policy.
	Baseline string `yaml:"baseline"`

	// File is where the policy stands; "" = there is none.
	File string `yaml:"-"`
}

// ParsePolicy reads the section check of a .yingzao.yaml; a file without it is
// the zero policy.
func ParsePolicy(name string, data []byte) (Policy, error) {
	sections, err := yamlfile.Open(name, data)
	if err != nil {
		return Policy{}, err
	}
	if !sections.Has("check") {
		return Policy{}, nil
	}
	var p Policy
	if err := sections.Decode("check", &p); err != nil {
		return Policy{}, err
	}
	p.File = name
	return p, p.validate()
}
