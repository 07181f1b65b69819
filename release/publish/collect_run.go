package publish

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// removal is the mark on a version that is being removed. Nobody lists, promotes
// or publishes a version that bears it. The latest to write it does the work:
// another gc that finds a mark not its own leaves the version to it, for else it
// could delete what was published anew after the first had finished.
type removal struct {
	Schema int       `json:"schema"`
	ID     string    `json:"id"`
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
}

func (c *collector) run(ctx context.Context, there *inventory) error {
	there, err := c.clear(ctx, there)
	if err != nil {
		return err
	}
	out, err := c.derive(ctx, there)
	if err != nil {
		return err
	}
	named, err := c.named(ctx)
	if err != nil {
		return err
	}
	c.plan(there, out, named, time.Now())
	slices.SortStableFunc(c.res.Removals, func(a, b Removal) int { return strings.Compare(a.Version, b.Version) })
	if c.o.DryRun || len(c.res.Removals) == 0 {
		return nil
	}
	mark := encode(removal{Schema: 1, ID: rand.Text(), By: c.o.by(), Since: now()})
	if there, err = c.mark(ctx, mark); err != nil {
		return err
	}
	if _, err := c.settle(ctx, there); err != nil {
		return err
	}
	for i := range c.res.Removals {
		if err := c.remove(ctx, &c.res.Removals[i], mark); err != nil {
			return err
		}
	}
	// A publisher may have written what it saw before the marks.
	if there, err = list(ctx, c.st, c.project); err == nil {
		_, err = c.settle(ctx, there)
	}
	return err
}

// clear takes marks off what must never go, whoever put them there: a release,
// or what was promoted since.
func (c *collector) clear(ctx context.Context, there *inventory) (*inventory, error) {
	out := &lead{}
	named, err := c.named(ctx)
	if err == nil {
		out.pin, err = c.promotion(ctx, there)
	}
	cleared := false
	for _, v := range there.unfinished() {
		if err != nil {
			return nil, err
		}
		if !there.has(v, removingName) || !there.has(v, manifest.FileName) {
			continue
		}
		e, ok, readErr := c.entry(ctx, v)
		_, rank := class(e)
		err = readErr
		if err != nil || out.protected(named, v) == "" && (!ok || rank == snapshot || rank == prerelease) {
			continue
		}
		c.warn("version %s was marked for removal, which it must not be; the mark is taken off", "版本 %s 被标记为待删除，但它不应删除；标记已取消", v)
		delete(there.objects, v+"/"+removingName)
		if cleared = true; !c.o.DryRun {
			err = c.st.remove(ctx, c.key(v, removingName))
		}
	}
	if err == nil && cleared && !c.o.DryRun {
		if there, err = list(ctx, c.st, c.project); err == nil {
			_, err = c.settle(ctx, there)
		}
	}
	return there, err
}

// mark marks what goes, then looks once more and takes back the marks on what
// must stay after all: a publisher claims a version, and a promotion writes
// latest.json, before it looks for the mark; we look for those after the mark is
// there. So of the two at least one sees the other.
func (c *collector) mark(ctx context.Context, mark []byte) (there *inventory, err error) {
	at := time.Time{}
	for _, r := range c.res.Removals {
		if r.Kind == "claim" {
			continue
		}
		if err := c.st.write(ctx, c.key(r.Version, removingName), mark, moving(removingName)); err != nil {
			return nil, err
		}
	}
	if there, err = list(ctx, c.st, c.project); err != nil {
		return nil, err
	}
	out, err := c.derive(ctx, there)
	if err != nil {
		return nil, err
	}
	named, err := c.named(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range c.res.Removals { // ages by the store's clock, not ours
		at = later(at, there.objects[r.Version+"/"+removingName].Modified)
	}
	unmarked := false
	var left []Removal
	for _, r := range c.res.Removals {
		why := ""
		if r.Kind != "claim" {
			why = out.protected(named, r.Version)
			switch {
			case why != "":
			case there.busy(r.Version, at):
				why = "busy"
			case r.Kind == "unfinished" || r.Kind == "stray":
				if there.has(r.Version, manifest.FileName) || there.touched(r.Version, at) {
					why = "busy"
				}
			}
			objects := there.folder(r.Version)
			r.list(slices.DeleteFunc(objects, func(i store.Info) bool { return i.Key == c.key(r.Version, removingName) }))
		}
		if why == "" {
			left = append(left, r)
			continue
		}
		c.res.Kept = append(c.res.Kept, Kept{r.Version, why})
		unmarked = true
		if err := c.unmark(ctx, r.Version, mark); err != nil {
			return nil, err
		}
	}
	c.res.Removals = append([]Removal{}, left...)
	if unmarked {
		there, err = list(ctx, c.st, c.project)
	}
	return there, err
}

// remove deletes one version that nothing leads to any more: the manifest first,
// for it is what makes a version; the mark last, for it finds what is left.
func (c *collector) remove(ctx context.Context, r *Removal, mark []byte) error {
	if r.Kind == "claim" {
		err := c.st.remove(ctx, r.Objects[0].Key)
		r.Removed = err == nil
		return err
	}
	keys := []string{}
	for _, o := range r.Objects {
		if o.Key != c.key(r.Version, manifest.FileName) {
			keys = append(keys, o.Key)
		}
	}
	steps := [][]string{{c.key(r.Version, manifest.FileName)}}
	for batch := range slices.Chunk(keys, 500) {
		steps = append(steps, batch)
	}
	for _, step := range steps {
		switch own, err := c.owns(ctx, r.Version, mark); {
		case err != nil:
			return err
		case !own:
			c.warn("version %s is left to another gc that is running", "版本 %s 由同时运行的另一个 gc 处理", r.Version)
			return nil
		}
		if err := c.st.remove(ctx, step...); err != nil {
			return err
		}
	}
	r.Removed = true
	return c.unmark(ctx, r.Version, mark)
}

// owns reports whether the mark on a version is ours.
func (c *collector) owns(ctx context.Context, version string, mark []byte) (bool, error) {
	have, _, err := c.st.read(ctx, c.key(version, removingName))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return string(have) == string(mark), err
}

func (c *collector) unmark(ctx context.Context, version string, mark []byte) error {
	own, err := c.owns(ctx, version, mark)
	if err == nil && own {
		err = c.st.remove(ctx, c.key(version, removingName))
	}
	if err != nil {
		err = msg.Errorf("take the mark off version %s: %w", "取消版本 %s 的标记：%w", version, err)
	}
	return err
}
