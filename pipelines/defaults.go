package pipelines

import (
	"maps"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// WithDefaults are the parameters with other defaults, in every system: what a site
// that makes its own copy of the templates wants them to say. params is left as it
// is. A name that is no parameter, or a value that the parameter does not allow, is
// an error.
func WithDefaults(params []Param, defaults Values) ([]Param, error) {
	all := slices.Clone(params)
	for _, name := range slices.Sorted(maps.Keys(defaults)) {
		i := slices.IndexFunc(all, func(p Param) bool { return p.Name == name })
		if i < 0 {
			return nil, msg.Errorf("set defaults: there is no parameter %q", "设置默认值：没有参数 %q", name).WithKind(msg.Usage)
		}
		if err := all[i].Check(defaults[name]); err != nil {
			return nil, err
		}
		all[i].Default, all[i].Defaults = defaults[name], nil
	}
	return all, nil
}
