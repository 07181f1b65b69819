package envcheck

import (
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// Report is the outcome of a check. It holds no secrets. Its JSON is the same in
// every language.
type Report struct {
	Schema    int             `json:"schema"` // 1
	Profile   string          `json:"profile"`
	Policy    string          `json:"policy,omitempty"` // the file; "" = none
	Dir       string          `json:"dir"`
	Go        string          `json:"go"`      // version of the first go; "" = none works
	GoPath    string          `json:"go_path"` // where it is
	Goroot    string          `json:"goroot"`
	Settings  []goenv.Value   `json:"settings"`        // what is in force, with origin, for the settings that people ask about
	Findings  []Finding       `json:"findings"`        // to be acted on, worst first within an area
	Silenced  []Silence       `json:"silenced"`        // not shown, and why
	Exposures []leak.Exposure `json:"exposures"`       // of modules that are not public
	Trace     *leak.Trace     `json:"trace,omitempty"` // nil = not asked (--trace)
	Network   *Network        `json:"network,omitempty"`
	Deep      *Deep           `json:"deep,omitempty"`
	Missing   []Missing       `json:"missing"` // not empty: the check is incomplete
	Rules     RuleCount       `json:"rules"`
	Worst     Severity        `json:"worst,omitempty"` // of Findings; "" = none
}

// Silence is a finding that is not shown.
type Silence struct {
	Finding
	By string `json:"by"` // a code (its cause), "baseline", or "policy"
	// Reason is what the baseline says about it.
	Reason string `json:"reason,omitempty"`
}

// RuleCount says how many rules looked.
type RuleCount struct {
	Run     int `json:"run"`
	Skipped int `json:"skipped"` // need --online or --deep, or were not asked for
}
