package mirror

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// ProverOptions describe a checksum database and where its tiles are kept.
type ProverOptions struct {
	// Key is the verifier key, name+hash+base64. "" = [goenv.PublicSumDBKey].
	Key string
	// Sources are asked in order; what one delivers that does not hold is asked of
	// the next. None = what is kept has to do.
	Sources []Source
	// Kept is where proven tiles are kept; nil = in memory.
	Kept Tiles
}

// Prover proves what sources deliver of a checksum database. It is what the go
// command's client does, with the head in the caller's hand, with a context, and
// with errors that say whether something is missing or wrong. Each tile is asked
// for once, however many wait for it. Its methods may be called by several
// goroutines.
type Prover struct {
	name    string
	key     note.Verifier
	sources []Source
	kept    Tiles

	mu     sync.Mutex
	coming map[looseTile]*flight
	loose  map[looseTile][]byte // fetched, and not proven yet
}

// NewProver makes a prover without asking anything. It fails for a malformed key.
func NewProver(o ProverOptions) (*Prover, error) {
	v, err := note.NewVerifier(cmp.Or(o.Key, goenv.PublicSumDBKey))
	if err != nil {
		return nil, msg.Errorf("read checksum database key: %w", "读取校验数据库的公钥：%w", err)
	}
	if o.Kept == nil {
		o.Kept = &memory{}
	}
	return &Prover{name: v.Name(), key: v, sources: o.Sources, kept: o.Kept, coming: map[looseTile]*flight{}, loose: map[looseTile][]byte{}}, nil
}

// Name is the database's name, as it stands in its key.
func (p *Prover) Name() string { return p.name }

// Kept is a proven tile, if it is kept; nil otherwise. Nothing is asked.
func (p *Prover) Kept(ctx context.Context, t tlog.Tile) []byte { return p.kept.Load(ctx, t) }

// Head is a signed tree head whose signature was checked. The zero Head is that of
// nobody, with no records.
type Head struct {
	tlog.Tree
	Note []byte // as it was signed: what /latest gives, and what follows a record
}

// OpenHead checks the signature of a head.
func (p *Prover) OpenHead(signed []byte) (Head, error) {
	n, err := note.Open(signed, note.VerifierList(p.key))
	if err != nil {
		// note's own text quotes the whole answer.
		return Head{}, p.unproven("/latest", errors.New("no signature with the pinned key"))
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil {
		return Head{}, p.unproven("/latest", err)
	}
	return Head{tree, signed}, nil
}

// Latest is the head that the first source with an answer gives; one whose
// signature is wrong has none.
func (p *Prover) Latest(ctx context.Context) (Head, error) {
	var h Head
	err := ask(ctx, p.sources, "/latest", func(data []byte) (err error) {
		h, err = p.OpenHead(data)
		return err
	})
	return h, err
}

// Lookup asks the sources for a version's record until accept takes one, which has
// to prove it: it is given the record as it came, and the signed head that came with
// it, unproven both. A source whose record accept finds to be [WrongContent], or
// that is about something else, is passed over; another error of accept ends it.
//
// The error is of class NotFound when all sources said so: one that does not serve
// the database at all says the same, which the caller has to know.
func (p *Prover) Lookup(ctx context.Context, path, version string, accept func(r Record, signed []byte) error) error {
	m := module.Version{Path: path, Version: version}
	what, err := LookupPath(m)
	if err != nil {
		return err
	}
	return ask(ctx, p.sources, what, func(data []byte) error {
		r, signed, err := p.ReadRecord(m, data)
		if err != nil {
			return err
		}
		return accept(r, signed)
	})
}

// ReadRecord reads what a lookup gave for a version, and the signed head that comes
// behind it; signed is empty for a record alone. Neither is proven, but the record is
// about the version: any other is of class WrongContent.
func (p *Prover) ReadRecord(m module.Version, data []byte) (r Record, signed []byte, err error) {
	if r, signed, err = parseRecord(data); err == nil {
		_, err = r.Sums(m.Path, m.Version)
	}
	if err != nil {
		return Record{}, nil, p.unproven(m.String(), err)
	}
	return r, signed, nil
}

// LookupPath is where a database has a version's record: "/lookup/<module>@<version>",
// both escaped.
func LookupPath(m module.Version) (string, error) {
	what, err := versionPath(m.Path, m.Version, "")
	return "/lookup" + strings.Replace(what, "/@v/", "@", 1), err
}

// LookupVersion is the version that a lookup is about, the inverse of [LookupPath]. It
// fails for what is no version of a module.
func LookupVersion(what string) (module.Version, error) {
	escaped, version, ok := strings.Cut(strings.TrimPrefix(what, "/lookup/"), "@")
	if !ok || !strings.HasPrefix(what, "/lookup/") {
		return module.Version{}, msg.Errorf("read lookup %.120q: not module@version", "读取查询 %.120q：不是 module@version", what)
	}
	var m module.Version
	var err error
	if m.Path, err = module.UnescapePath(escaped); err == nil {
		m.Version, err = module.UnescapeVersion(version)
	}
	if err == nil {
		err = module.Check(m.Path, m.Version)
	}
	if err != nil {
		return module.Version{}, msg.Errorf("read lookup: %w", "读取查询：%w", err)
	}
	return m, nil
}

// errOffline is why nothing is asked.
var errOffline = msg.Errorf("nobody to ask, and it is not here", "本地没有，也无处可问").WithKind(msg.Incomplete)

// ask gives take what each source answers, until it takes one. What take finds to be
// wrong is asked of the next source; another error of take ends it. Of several
// failures the gravest is returned: wrong, then out of reach, then not there.
func ask(ctx context.Context, sources []Source, path string, take func([]byte) error) error {
	var worst error
	for _, src := range sources {
		data, err := src(ctx, path)
		fetched := err == nil
		if fetched {
			if err = take(data); err == nil {
				return nil
			}
		}
		var certain *Certain
		if ctx.Err() != nil || fetched && ClassOf(err) != WrongContent || errors.As(err, &certain) {
			return err
		}
		if gravity(err) >= gravity(worst) {
			worst = err
		}
	}
	if len(sources) == 0 {
		return errOffline
	}
	return worst
}

func gravity(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, fs.ErrNotExist):
		return 1
	case ClassOf(err) == WrongContent:
		return 3
	}
	return 2
}

func (p *Prover) unproven(what string, err error) *Error {
	return &Error{Class: WrongContent, URL: what, text: msg.Errorf("verify %s with checksum database %s: %w", "用校验数据库 %[2]s 验证 %[1]s：%[3]v", what, p.name, err).WithKind(msg.Findings)}
}
