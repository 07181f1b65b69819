package fetch

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// answerTimeout limits one answer of the database, which is a few kilobytes.
const answerTimeout = 10 * time.Second

// Log is the log of a checksum database that is reached in several ways. Each proves
// what it says by itself, so the first proof counts, and one mirror that is dead, or
// lies, stops nobody.
type Log struct {
	ways   []*Way
	proven atomic.Pointer[Way]
}

// Way is one way to a checksum database.
type Way struct {
	Name   string       // the URL of the mirror, or of the database itself, without secrets
	Remote gosdk.Remote // what it says, unproven
	log    gosdk.Log
}

// LogOptions say how a checksum database is reached.
type LogOptions struct {
	// DB is what GOSUMDB says. Zero = the public database.
	DB goenv.SumDB
	// Mirrors is GOPROXY: each mirror of it is asked, and then the database's own hosts.
	// nil = the hosts alone.
	Mirrors goenv.Proxies
	// Client makes the requests; it comes from httpx.New and is needed.
	Client *http.Client
	// Timeout is how long one answer may take. 0 = 10 s.
	Timeout time.Duration
}

// NewLog makes the log of a checksum database; it asks nothing yet. Entries of GOPROXY
// that are no mirrors are passed over.
func NewLog(o LogOptions) (*Log, error) {
	db := o.DB
	if db.Off {
		return nil, msg.Errorf("ask checksum database: GOSUMDB=off", "查询校验数据库：GOSUMDB=off").
			WithHint("pin the SDK's h1 or the SHA-256 of its archive instead", "请改为固定 SDK 的 h1 或安装包的 SHA-256").WithKind(msg.Usage)
	}
	if db.Key == "" {
		db = goenv.SumDB{Name: goenv.PublicSumDB, Key: goenv.PublicSumDBKey}
	}
	timeout := cmp.Or(o.Timeout, answerTimeout)
	l := &Log{}
	add := func(name string, read mirror.Source) error {
		remote := func(ctx context.Context, path string) ([]byte, error) {
			ctx, cancel := context.WithTimeout(ctx, timeout)
			defer cancel()
			return read(ctx, path)
		}
		log, err := gosdk.NewLog(db.Key, remote)
		l.ways = append(l.ways, &Way{name, remote, log})
		return err
	}
	for _, p := range o.Mirrors.Mirrors() {
		m, err := mirror.New(p.URL.String(), o.Client)
		if err != nil { // file://
			continue
		}
		if err := add(m.String(), m.Source(db.Name)); err != nil {
			return nil, err
		}
	}
	for _, base := range hosts(db) {
		direct, err := mirror.Direct(base, o.Client)
		if err != nil {
			return nil, err
		}
		if err := add(httpx.Redact(base), direct); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func hosts(db goenv.SumDB) []string {
	switch {
	case db.URL != nil:
		return []string{db.URL.String()}
	case db.Public():
		return []string{"https://" + goenv.PublicSumDB, "https://" + goenv.PublicSumDBAlias}
	}
	return []string{"https://" + db.Name}
}

// Lookup implements gosdk.Log. "Not there" is believed only when nobody says
// anything else: a mirror without the database says so of everything.
func (l *Log) Lookup(ctx context.Context, path, version string) ([]string, error) {
	var worst error
	for _, way := range l.ways {
		lines, err := way.log.Lookup(ctx, path, version)
		if err == nil {
			l.proven.Store(way)
			return lines, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		if worst == nil || errors.Is(worst, fs.ErrNotExist) {
			worst = err
		}
	}
	return nil, worst
}

// Ways are all ways to the database, in the order in which they are asked.
func (l *Log) Ways() []*Way { return slices.Clone(l.ways) }

// Proven is the way whose proof counted last; nil = none yet.
func (l *Log) Proven() *Way { return l.proven.Load() }
