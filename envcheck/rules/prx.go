package rules

import "github.com/yingzao-dev/yingzao/envcheck"

// prxRules are the rules about GOPROXY.
func prxRules() []envcheck.Rule {
	return []envcheck.Rule{prx001, prx002, prx003, prx004, prx005, prx006, prx007, prx008, prx009, prx010, prx011, prx012, prx013,
		prx014, prx015, prx016, prx017, prx018, prx019, prx020, prx021, prx022, prx023, prx024, prx025, prx026}
}
