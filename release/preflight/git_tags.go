package preflight

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// tag is one tag of the repository that leads to a commit.
type tag struct {
	name      string
	commit    plumbing.Hash
	annotated *object.Tag // nil for a lightweight one
}

// tags returns all tags that lead to commits, sorted by name.
func (r *repo) tags(ctx context.Context) ([]tag, error) {
	refs, err := r.store.IterReferences()
	if err != nil {
		return nil, err
	}
	defer refs.Close()
	var tags []tag
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		if !ref.Name().IsTag() || ref.Type() != plumbing.HashReference {
			return ctx.Err()
		}
		t := tag{name: ref.Name().Short(), commit: ref.Hash()}
		if a, err := object.GetTag(r.store, ref.Hash()); err == nil {
			t.annotated = a
			for a.TargetType == plumbing.TagObject { // a tag of a tag
				if a, err = object.GetTag(r.store, a.Target); err != nil {
					return err
				}
			}
			if a.TargetType != plumbing.CommitObject {
				return nil
			}
			t.commit = a.Target
		}
		tags = append(tags, t)
		return nil
	})
	slices.SortFunc(tags, func(a, b tag) int { return cmp.Compare(a.name, b.name) })
	return tags, err
}

func (g *Git) readTags(ctx context.Context, r *repo, head *object.Commit, o GitOptions, dirty bool) error {
	all, err := r.tags(ctx)
	if err != nil {
		return err
	}
	versions := map[plumbing.Hash][]versionTag{}
	byName := map[string]tag{}
	for _, t := range all {
		v, reason := versionOf(t.name, o)
		if reason.IsZero() {
			versions[t.commit] = append(versions[t.commit], v)
			byName[t.name] = t
		} else if t.commit == head.Hash {
			g.IgnoredTags = append(g.IgnoredTags, IgnoredTag{Name: t.name, Reason: reason, Semver: v.v != nil})
		}
	}
	best := map[plumbing.Hash]name{}
	for h, vs := range versions {
		slices.SortFunc(vs, versionTag.compare)
		best[h] = name{vs[len(vs)-1].tag, 2}
	}
	g.Tag = best[head.Hash].text
	from := head
	if g.Tag != "" {
		g.readMessage(byName[g.Tag], head)
		if from, err = r.firstParent(head); err != nil {
			return err
		}
	}
	if from != nil {
		d, err := r.describe(ctx, from, best)
		if err != nil {
			return err
		}
		g.PreviousTag = d.tag
	}
	return g.describe(ctx, r, head, all, dirty)
}

// versionTag is a tag that names a version.
type versionTag struct {
	tag string
	v   *semver.Version
}

// compare orders by semantic precedence; of equals the one with a v is higher,
// then the later name (build metadata).
func (a versionTag) compare(b versionTag) int {
	vee := func(x versionTag) int {
		if strings.HasPrefix(x.tag[strings.LastIndexByte(x.tag, '/')+1:], "v") {
			return 1
		}
		return 0
	}
	return cmp.Or(a.v.Compare(b.v), cmp.Compare(vee(a), vee(b)), cmp.Compare(a.tag, b.tag))
}

// versionOf reads a tag as a version of this project, or says why it is none.
// The version is set even where a prefix or pattern excludes the tag.
func versionOf(tag string, o GitOptions) (versionTag, msg.Text) {
	rest, mine := strings.CutPrefix(tag, o.TagPrefix)
	if !mine {
		rest = tag[strings.LastIndexByte(tag, '/')+1:]
	}
	v, err := semver.StrictNewVersion(strings.TrimPrefix(rest, "v"))
	if err != nil {
		if loose, err := semver.NewVersion(rest); err == nil && mine {
			return versionTag{}, msg.Textf("%s is not a complete semantic version; write %sv%s", "%s 不是完整的语义版本，应写成 %sv%s", tag, o.TagPrefix, loose)
		}
		return versionTag{}, msg.Textf("%s is not a semantic version", "%s 不是语义版本", tag)
	}
	if !mine {
		return versionTag{v: v}, msg.Textf("%s does not begin with %s", "%s 不以 %s 开头", tag, o.TagPrefix)
	}
	for _, p := range o.IgnoreTags {
		if ok, _ := path.Match(p, tag); ok || p == tag {
			return versionTag{v: v}, msg.Textf("%s is excluded by the pattern %s", "%s 被模式 %s 排除", tag, p)
		}
	}
	return versionTag{tag, v}, msg.Text{}
}

func (g *Git) readMessage(t tag, head *object.Commit) {
	text := head.Message
	g.TagContents = strings.TrimRight(text, "\n")
	if a := t.annotated; a != nil {
		text = a.Message
		g.TagContents = strings.TrimRight(a.Message+a.PGPSignature, "\n")
	}
	subject, body, _ := strings.Cut(strings.Trim(text, "\n"), "\n\n")
	g.TagSubject = strings.Join(strings.Split(strings.TrimRight(subject, "\n"), "\n"), " ")
	g.TagBody = strings.Trim(body, "\n")
}

func (r *repo) parents(c *object.Commit) []plumbing.Hash {
	if r.shallow[c.Hash] {
		return nil
	}
	return c.ParentHashes
}

func (r *repo) firstParent(c *object.Commit) (*object.Commit, error) {
	p := r.parents(c)
	if len(p) == 0 {
		return nil, nil
	}
	return object.GetCommit(r.store, p[0])
}
