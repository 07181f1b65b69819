package upkeep

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// ProbeOptions say what is probed. The zero value: the configuration's mirrors.
type ProbeOptions struct {
	// Mirrors are entries of GOPROXY; nil = the configuration's. Those of its routes are
	// not among them: what every public mirror has is not there.
	Mirrors []string
	// Step limits each step; 0 = 2 s.
	Step time.Duration
	// GOOS and GOARCH of the toolchain that is asked for; "" = this program's.
	GOOS, GOARCH string
}

// ProbeReport is what Probe found: one report a mirror, in their order.
type ProbeReport struct {
	Mirrors []mirror.Report `json:"mirrors"`
	// Hosts are all that were contacted, redirects included: the list for a firewall.
	Hosts []string `json:"hosts"`
}

// Failed reports whether a step of a mirror failed.
func (r ProbeReport) Failed() bool {
	return slices.ContainsFunc(r.Mirrors, func(m mirror.Report) bool {
		return slices.ContainsFunc(m.Steps, func(s mirror.Step) bool { return s.Status == mirror.StatusFailed })
	})
}

// Complete reports whether no step was cut off.
func (r ProbeReport) Complete() bool {
	return !slices.ContainsFunc(r.Mirrors, func(m mirror.Report) bool { return !m.Complete() })
}

// Probe asks the mirrors, all at the same time, as the server reaches them: by the
// same HTTP proxies, and trusting the same authorities.
func Probe(ctx context.Context, c config.Config, d server.Deps, o ProbeOptions) (ProbeReport, error) {
	fail := func(err error) (ProbeReport, error) {
		return ProbeReport{}, msg.Errorf("probe mirrors: %w", "探测镜像：%w", err).WithKind(msg.Usage)
	}
	if o.Mirrors == nil {
		o.Mirrors = c.Mirrors
	}
	switch {
	case c.Offline:
		return fail(msg.Errorf("the configuration is offline", "配置为离线").
			WithHint("leave out --offline, or offline: true, for this command", "执行此命令时请去掉 --offline 或 offline: true"))
	case len(o.Mirrors) == 0:
		return fail(msg.Errorf("there are none", "没有镜像").
			WithHint("name them behind the command, or with --upstream", "请在命令后或用 --upstream 给出"))
	}
	http, err := server.Reach(c, d)
	if err != nil {
		return ProbeReport{}, err
	}
	pins := mirror.DefaultPins()
	for _, value := range c.SumDB.Databases[:min(1, len(c.SumDB.Databases))] {
		db, err := goenv.ParseSumDB(value)
		if err != nil {
			return fail(err)
		}
		if !db.Off {
			pins.Key = db.Key
		}
	}
	out := ProbeReport{Mirrors: make([]mirror.Report, len(o.Mirrors))}
	errs := make([]error, len(o.Mirrors))
	var all sync.WaitGroup
	for i, base := range o.Mirrors {
		all.Go(func() {
			out.Mirrors[i], errs[i] = mirror.Probe(ctx, mirror.Options{Base: base, HTTP: http, StepTimeout: o.Step, Pins: &pins, GOOS: o.GOOS, GOARCH: o.GOARCH})
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fail(msg.Errorf("%w", "%w", err).WithHint("a mirror is an http or https URL, like https://goproxy.cn", "镜像是 http 或 https 地址，例如 https://goproxy.cn"))
		}
		out.Hosts = append(out.Hosts, out.Mirrors[i].Hosts()...)
	}
	slices.Sort(out.Hosts)
	out.Hosts = slices.Compact(out.Hosts)
	return out, nil
}
