package publish

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"path"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// rounds bounds how often the pointers are derived again because other versions
// keep appearing.
const rounds = 20

// leader keeps the objects that lead to the versions of one project. It derives
// them from what is listed and nothing else, so that everybody who changes a
// project comes to the same ones.
type leader struct {
	st       patient
	project  string
	base     string            // where readers find the store; "" = what the index remembers
	mirrors  []string          // nil = what the index remembers
	tell     func(name string) // before an object is written; nil = nobody
	warnings []msg.Text
}

// lead is what the objects say.
type lead struct {
	index  *Index
	latest *Latest    // nil when no version can be
	pin    *Promotion // nil when nothing is promoted
	fresh  bool       // index.json is what it must be
}

// settle brings the objects to what the store holds. Whoever writes last looks
// last, at everything: so what is left in the end is of one piece, whoever wrote
// which object.
func (l *leader) settle(ctx context.Context, there *inventory) (*lead, error) {
	warnings := len(l.warnings)
	for round := range rounds {
		l.warnings = l.warnings[:warnings] // those of the last round are enough
		out, wrote, err := l.once(ctx, there, round > 0)
		if err != nil || !wrote {
			return out, err
		}
		if there, err = list(ctx, l.st, l.project); err != nil {
			return nil, err
		}
	}
	return nil, msg.Errorf("write the index: other versions keep being published", "写入索引：其他版本不断发布").
		WithHint("run the command again in a moment; no version was harmed", "请稍后重新运行；各版本本身未受影响")
}

// derive reads what the objects are made of and says what they must be. Nothing
// is written.
func (l *leader) derive(ctx context.Context, there *inventory) (*lead, error) {
	old, raw, problem, err := readJSON[Index](ctx, l.st, l.key(IndexName))
	if err != nil {
		return nil, err
	}
	if problem != nil {
		if !errors.Is(problem, store.ErrNotFound) {
			l.warn("index.json was damaged and is written anew: %v", "index.json 已损坏，现重新写入：%v", problem)
		}
		old = &Index{}
	}
	out := &lead{}
	if out.pin, err = l.promotion(ctx, there); err != nil {
		return nil, err
	}
	if out.index, err = l.index(ctx, there, old); err != nil {
		return nil, err
	}
	out.latest = choose(out.index, out.pin)
	out.fresh = bytes.Equal(encode(out.index), raw)
	return out, nil
}

// once brings the four objects to what the listing asks for and says whether it
// had to write. Pages are read only if thorough; else their size and what
// latest.json says of them must do.
func (l *leader) once(ctx context.Context, there *inventory, thorough bool) (out *lead, wrote bool, err error) {
	if out, err = l.derive(ctx, there); err != nil {
		return nil, false, err
	}
	old, oldRaw, _, err := readJSON[Latest](ctx, l.st, l.key(LatestName))
	if err != nil {
		return nil, false, err
	}
	page, install, err := render(out.index, out.latest)
	if err != nil {
		return nil, false, err
	}
	body := map[string][]byte{IndexName: encode(out.index), PageName: page, InstallName: install}
	if old == nil {
		old = &Latest{}
	}
	stale := map[string]bool{
		IndexName:   !out.fresh,
		PageName:    old.Page != sha256Of(page) || there.objects[PageName].Size != int64(len(page)),
		InstallName: old.Install != sha256Of(install) || there.objects[InstallName].Size != int64(len(install)),
		LatestName:  oldRaw != nil, // to be removed, if there is nothing to name
	}
	if thorough || out.latest == nil {
		for _, name := range []string{PageName, InstallName} {
			have, _, err := l.st.read(ctx, l.key(name))
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, false, err
			}
			stale[name] = !bytes.Equal(have, body[name])
		}
	}
	if out.latest != nil {
		out.latest.Page, out.latest.Install = sha256Of(page), sha256Of(install)
		body[LatestName] = encode(out.latest)
		stale[LatestName] = !bytes.Equal(body[LatestName], oldRaw)
	}
	for _, name := range []string{IndexName, PageName, InstallName, LatestName} {
		if !stale[name] {
			continue
		}
		if l.tell != nil {
			l.tell(name)
		}
		if b, ok := body[name]; ok {
			err = l.st.write(ctx, l.key(name), b, moving(name))
		} else {
			err = l.st.remove(ctx, l.key(name))
		}
		if err != nil {
			return nil, wrote, msg.Errorf("write %s: %w", "写入 %s：%w", name, err)
		}
		wrote = true
	}
	return out, wrote, nil
}

func (l *leader) key(elems ...string) string {
	return path.Join(slices.Insert(elems, 0, l.project)...)
}

func (l *leader) warn(en, zh string, args ...any) {
	l.warnings = append(l.warnings, msg.Textf(en, zh, args...))
}

// point leads readers to the version: index, pages, latest. The listing may be
// older than the version; then it is made again.
func (s *session) point(ctx context.Context, there *inventory) error {
	l := &leader{st: s.st, project: s.m.Project, base: s.o.BaseURL, mirrors: s.o.Mirrors, tell: func(name string) { s.tell(Event{Stage: "point", Name: name}) }}
	var err error
	if !slices.Contains(there.versions(), s.m.Version) {
		there, err = list(ctx, s.st, s.m.Project)
	}
	if err == nil && s.o.ForceLatest {
		if _, err = l.promote(ctx, there, s.m.Version, s.by()); err == nil {
			there, err = list(ctx, s.st, s.m.Project)
		}
	}
	if err != nil {
		return err
	}
	out, err := l.settle(ctx, there)
	s.res.Warnings = append(s.res.Warnings, l.warnings...)
	if err != nil {
		return err
	}
	s.res.Pages = []string{s.public(PageName), s.public(InstallName)}
	s.tellLatest(out)
	return nil
}

func (s *session) tellLatest(out *lead) {
	s.res.Latest = ""
	if out.latest != nil {
		s.res.Latest = out.latest.Version
	}
	own := out.index.find(s.m.Version)
	switch {
	case s.res.Latest == s.m.Version:
	case out.latest == nil:
		s.warn("no version of %s can be the latest: all are yanked", "%s 没有可作为最新版的版本：全部已撤回", s.m.Project)
	case own != nil && own.Yanked:
		s.warn("version %s is yanked (%s); latest stays %s", "版本 %s 已撤回（%s）；最新版仍为 %s", own.Version, own.YankReason, out.latest.Version)
	case out.latest.Over != "":
		s.warn("latest stays %s, which was chosen by hand", "最新版仍为人工指定的 %s", out.latest.Version)
	default:
		s.warn("latest stays %s, which ranks above %s", "最新版仍为 %s，它高于 %s", out.latest.Version, s.m.Version)
	}
}

// public is where a person finds an object of the project.
func (s *session) public(name string) string {
	return inStore(cmp.Or(s.o.BaseURL, s.st.URL()), s.m.Project, name)
}
