package publish

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// ManageOptions go with changes to what is published. The zero value is fine.
type ManageOptions struct {
	By    string        // who does it, kept in the store; "" = host and process
	Pause time.Duration // as in Options
}

func (o ManageOptions) by() string { return whoever(o.By) }

func whoever(by string) string {
	if by == "" {
		host, _ := os.Hostname()
		by = fmt.Sprintf("%s, process %d", host, os.Getpid())
	}
	return by
}

// Change tells what Promote, Yank or Unyank did.
type Change struct {
	Project  string     `json:"project"`
	Version  string     `json:"version"`
	Already  bool       `json:"already"`  // nothing had to be done
	Before   string     `json:"before"`   // what latest.json named before; "" for nothing
	Latest   string     `json:"latest"`   // what it names now; "" when no version can be latest and it is gone
	Over     string     `json:"over"`     // the highest version that latest passes over; "" for none
	Warnings []msg.Text `json:"warnings"` // never null
}

// manager changes one project.
type manager struct {
	*leader
	res      Change
	vanished func() error // called when the version is gone, or about to, in the end; nil = nothing to do
}

// change runs one change of a version: do alters what the pointers are derived
// from, then they are settled, and check looks at what came of it.
func change(ctx context.Context, st store.Store, project, version string, o ManageOptions, verb msg.Text, do func(*manager, *inventory) error, check func(*lead) error) (*Change, error) {
	if err := checkVersion(project, version); err != nil {
		return nil, err
	}
	m := &manager{leader: &leader{st: patient{Store: st, pause: o.Pause}, project: project}}
	m.res = Change{Project: project, Version: version, Warnings: []msg.Text{}}
	if err := m.run(ctx, do, check); err != nil {
		return nil, msg.Errorf("%s %s %s: %w", "%s %s %s：%w", verb, project, version, err)
	}
	m.res.Warnings = append(m.res.Warnings, m.warnings...)
	return &m.res, nil
}

func (m *manager) run(ctx context.Context, do func(*manager, *inventory) error, check func(*lead) error) error {
	there, err := list(ctx, m.st, m.project)
	if err != nil {
		return err
	}
	if err := m.present(there, m.res.Version); err != nil {
		return err
	}
	old, _, _, err := readJSON[Latest](ctx, m.st, m.key(LatestName))
	if err != nil {
		return err
	}
	if old != nil {
		m.res.Before = old.Version
	}
	if err := do(m, there); err != nil {
		return err
	}
	if !m.res.Already {
		if there, err = list(ctx, m.st, m.project); err != nil {
			return err
		}
	}
	out, err := m.settle(ctx, there)
	if err != nil {
		return err
	}
	if !m.res.Already {
		if there, err = list(ctx, m.st, m.project); err != nil {
			return err
		}
		if err := m.present(there, m.res.Version); err != nil {
			if m.vanished != nil {
				_ = m.vanished()
			}
			return err
		}
	}
	if out.latest != nil {
		m.res.Latest, m.res.Over = out.latest.Version, out.latest.Over
	}
	if check != nil {
		return check(out)
	}
	return nil
}

// present refuses a version that is not there, not finished, or on its way out.
func (m *manager) present(there *inventory, version string) error {
	switch {
	case there.has(version, removingName):
		return removing(m.project, version)
	case there.has(version, manifest.FileName):
		return nil
	case there.claimed(version), len(there.under(version)) > 0:
		return msg.Errorf("the version is not finished: it has no manifest", "该版本尚未完成：没有清单").
			WithHint("publish it again from its dist folder to finish it", "请从其 dist 目录重新发布以完成它")
	}
	e := msg.Errorf("there is no such version", "没有该版本")
	if near := msg.Nearest(version, there.versions()); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return e.WithHint("`yingzao release list --to %s` shows what there is", "`yingzao release list --to %s` 可查看现有版本", m.st.URL())
}

// removing is the refusal to touch a version that gc is removing.
func removing(project, version string) error {
	return msg.Errorf("gc is removing this version", "gc 正在删除该版本").
		WithHint("wait until it has finished; if it was interrupted, run `yingzao release gc` again (%s/%s/%s is its mark)",
			"请等待其完成；若已中断，请再次运行 `yingzao release gc`（%s/%s/%s 是其标记）", project, version, removingName)
}

// under returns the objects in a version's folder, in the order of their keys.
func (i *inventory) under(version string) []store.Info {
	var out []store.Info
	for key, info := range i.objects {
		if strings.HasPrefix(key, version+"/") {
			out = append(out, info)
		}
	}
	slices.SortFunc(out, func(a, b store.Info) int { return strings.Compare(a.Key, b.Key) })
	return out
}
