package publish

import (
	"context"
	"errors"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Promote makes latest.json name a version from now on: an older one is a
// rollback. It stays until a version is published that ranks above all that were
// there; promoting the highest version ends an earlier promotion. A version that
// is yanked, not whole, or being removed is refused. Doing it again changes
// nothing.
func Promote(ctx context.Context, st store.Store, project, version string, o ManageOptions) (*Change, error) {
	return change(ctx, st, project, version, o, msg.Text{EN: "promote", ZH: "提升"}, func(m *manager, there *inventory) (err error) {
		if there.has(version, yankedName) {
			stone, err := readTombstone(ctx, m.st, project, version)
			if err != nil {
				return err
			}
			if stone != nil {
				return msg.Errorf("the version is yanked: %s", "该版本已撤回：%s", stone.Reason).
					WithHint("choose another version, or take the yank back with `yingzao release yank --undo`", "请选择其他版本，或用 `yingzao release yank --undo` 取消撤回")
			}
		}
		if err := m.whole(ctx, there, version); err != nil {
			return err
		}
		m.res.Already, err = m.promote(ctx, there, version, o.by())
		return err
	}, func(out *lead) error {
		if m := out.latest; m != nil && m.Version == version {
			return nil
		}
		return msg.Errorf("latest is %s after all: somebody else promoted, yanked or published at the same time", "最新版最终为 %s：同时有他人提升、撤回或发布了版本", latestName(out.latest)).
			WithHint("look at `yingzao release list`, then promote again", "请先查看 `yingzao release list`，再重新提升")
	})
}

// promote writes the promotion, or removes it when nothing ranks above the
// version. It says whether that was so already.
func (l *leader) promote(ctx context.Context, there *inventory, version, by string) (already bool, err error) {
	out, err := l.derive(ctx, there)
	if err != nil {
		return false, err
	}
	e, best := out.index.find(version), out.index.best()
	switch {
	case e == nil || e.Yanked:
		return true, nil // it cannot be latest; whoever asked will say so
	case e == best && out.pin == nil:
		return true, nil
	case e == best:
		return false, l.st.remove(ctx, l.key(promotedName))
	case out.pin != nil && out.pin.Version == version && out.pin.Over == best.Version:
		return true, nil
	case out.pin != nil && out.latest.Version == version && out.latest.Over == out.pin.Over:
		return true, nil // what it passed over was yanked since; it still counts
	}
	pin := Promotion{Schema: 1, Version: version, Over: best.Version, By: by, Since: now()}
	return false, l.st.write(ctx, l.key(promotedName), encode(pin), moving(promotedName))
}

// promotion reads what was promoted; nil is nothing.
func (l *leader) promotion(ctx context.Context, there *inventory) (*Promotion, error) {
	if !there.has(promotedName) {
		return nil, nil
	}
	pin, _, problem, err := readJSON[Promotion](ctx, l.st, l.key(promotedName))
	if problem != nil && !errors.Is(problem, store.ErrNotFound) {
		l.warn("%s is damaged and counts for nothing: %v", "%s 已损坏，不再生效：%v", l.key(promotedName), problem)
	}
	return pin, err
}

// whole refuses a version of which something is missing.
func (m *manager) whole(ctx context.Context, there *inventory, version string) error {
	raw, _, err := m.st.read(ctx, m.key(version, manifest.FileName))
	if err != nil {
		return err
	}
	own, err := decodeManifest(raw)
	if err != nil {
		return msg.Errorf("its manifest is not valid: %w", "其清单无效：%w", err).
			WithHint("run `yingzao release verify` on the store", "请对该存储运行 `yingzao release verify`")
	}
	missing := 0
	for _, a := range own.Artifacts {
		if info, ok := there.objects[version+"/"+a.Name]; !ok || info.Size != a.Size || info.CRC64 != "" && a.CRC64 != "" && info.CRC64 != a.CRC64 {
			missing++
		}
	}
	if missing > 0 {
		return msg.Errorf("%d of its %d files are missing or damaged", "其 %[2]d 个文件中有 %[1]d 个缺失或损坏", missing, len(own.Artifacts)).
			WithHint("publish the version again from its dist folder to restore them", "请从其 dist 目录重新发布该版本以补齐")
	}
	return nil
}

func latestName(l *Latest) string {
	if l == nil {
		return "-"
	}
	return l.Version
}

// now is the time as it stands in objects.
func now() time.Time { return time.Now().UTC().Truncate(time.Second) }
