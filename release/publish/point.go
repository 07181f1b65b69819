package publish

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// rounds bounds how often the pointers are derived again because other versions
// keep appearing.
const rounds = 20

// point leads readers to the version: index, pages, latest. The listing may be
// older than the version; then it is made again.
func (s *session) point(ctx context.Context, there *inventory) error {
	if !slices.Contains(there.versions(), s.m.Version) {
		var err error
		if there, err = list(ctx, s.st, s.m.Project); err != nil {
			return err
		}
	}
	warnings := len(s.res.Warnings)
	for round := range rounds {
		s.res.Warnings = s.res.Warnings[:warnings] // those of the last round are enough
		wrote, err := s.pointOnce(ctx, there, round > 0)
		if err != nil || !wrote {
			return err
		}
		// Whoever writes last looks last, at everything: so what is left in the
		// end is of one piece, whoever wrote which object.
		if there, err = list(ctx, s.st, s.m.Project); err != nil {
			return err
		}
	}
	return msg.Errorf("write the index: other versions keep being published", "写入索引：其他版本不断发布").
		WithHint("publish again in a moment; the version itself is complete", "请稍后重试；该版本本身已完整")
}

// pointOnce brings the four objects to what the listing asks for and says
// whether it had to write. Pages are read only if thorough; else their size and
// what latest.json says of them must do.
func (s *session) pointOnce(ctx context.Context, there *inventory, thorough bool) (wrote bool, err error) {
	oldIndex, oldIndexRaw, problem, err := readJSON[Index](ctx, s.st, s.pointer(IndexName))
	if err != nil {
		return false, err
	}
	if problem != nil {
		if !errors.Is(problem, store.ErrNotFound) {
			s.warn("index.json was damaged and is written anew: %v", "index.json 已损坏，现重新写入：%v", problem)
		}
		oldIndex = &Index{}
	}
	oldLatest, oldLatestRaw, _, err := readJSON[Latest](ctx, s.st, s.pointer(LatestName))
	if err != nil {
		return false, err
	}
	ix, err := s.index(ctx, there, oldIndex)
	if err != nil {
		return false, err
	}
	force := ""
	if s.o.ForceLatest {
		force = s.m.Version
	}
	latest := choose(ix, oldLatest, force)
	page, install, err := render(ix, latest, s.o.BaseURL)
	if err != nil {
		return false, err
	}
	body := map[string][]byte{IndexName: encode(ix), PageName: page, InstallName: install}
	said := Latest{}
	if oldLatest != nil {
		said = *oldLatest
	}
	stale := map[string]bool{
		IndexName:   !bytes.Equal(body[IndexName], oldIndexRaw),
		PageName:    said.Page != sha256Of(page) || there.objects[PageName].Size != int64(len(page)),
		InstallName: said.Install != sha256Of(install) || there.objects[InstallName].Size != int64(len(install)),
	}
	if thorough {
		for _, name := range []string{PageName, InstallName} {
			have, _, err := s.st.read(ctx, s.pointer(name))
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return false, err
			}
			stale[name] = !bytes.Equal(have, body[name])
		}
	}
	order := []string{IndexName, PageName, InstallName}
	if latest != nil {
		latest.Page, latest.Install = sha256Of(page), sha256Of(install)
		body[LatestName] = encode(latest)
		stale[LatestName] = !bytes.Equal(body[LatestName], oldLatestRaw)
		order = append(order, LatestName)
	}
	s.res.Pages = []string{s.public(PageName), s.public(InstallName)}
	s.tellLatest(latest)
	for _, name := range order {
		if !stale[name] {
			continue
		}
		s.tell(Event{Stage: "point", Name: name})
		if err := s.st.write(ctx, s.pointer(name), body[name], moving(name)); err != nil {
			return wrote, msg.Errorf("write %s: %w", "写入 %s：%w", name, err)
		}
		wrote = true
	}
	return wrote, nil
}

func (s *session) tellLatest(latest *Latest) {
	s.res.Latest = ""
	if latest != nil {
		s.res.Latest = latest.Version
	}
	switch {
	case s.res.Latest == s.m.Version:
	case latest == nil:
		s.warn("no version of %s can be the latest: all are yanked", "%s 没有可作为最新版的版本：全部已撤回", s.m.Project)
	case latest.Over != "":
		s.warn("latest stays %s, which was chosen by hand", "最新版仍为人工指定的 %s", latest.Version)
	default:
		s.warn("latest stays %s, which ranks above %s", "最新版仍为 %s，它高于 %s", latest.Version, s.m.Version)
	}
}

func (s *session) pointer(name string) string { return s.m.Project + "/" + name }

// public is where a person finds an object of the project.
func (s *session) public(name string) string {
	if s.o.BaseURL != "" {
		return join(s.o.BaseURL, s.m.Project, name)
	}
	return join(s.st.URL(), s.m.Project, name)
}
