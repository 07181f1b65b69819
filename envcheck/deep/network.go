package deep

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// answerTimeout limits one answer of the database, which is a few kilobytes.
const answerTimeout = 5 * time.Second

// sources are the ways to the database, as one log. They are asked in order, and
// each proves what it says by itself: the first proof counts, so that one mirror
// that is dead, or lies, stops nobody.
type sources struct {
	client *http.Client
	list   []source
	used   *source // whose proof counted; nil = none yet
}

type source struct {
	name   string
	remote gosdk.Remote
	log    gosdk.Log
}

// network lists the mirrors, then the database's own hosts.
func network(o Options) (*sources, error) {
	s := &sources{client: httpx.New(o.HTTP)}
	name, hosts := goenv.PublicSumDB, []string{goenv.PublicSumDB, goenv.PublicSumDBAlias}
	if o.Key != "" {
		db, err := goenv.ParseSumDB(o.Key)
		if err != nil {
			return nil, err
		}
		name, hosts = db.Name, []string{db.Name}
	}
	for _, base := range o.Mirrors {
		m, err := mirror.New(base, s.client)
		if err != nil { // file:// mirrors, and what the rules about GOPROXY report
			continue
		}
		if err := s.add(o.Key, m.String(), m.Source(name)); err != nil {
			return nil, err
		}
	}
	for _, host := range hosts {
		direct, err := mirror.Direct("https://"+host, s.client)
		if err != nil {
			continue
		}
		if err := s.add(o.Key, "https://"+host, direct); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *sources) add(key, name string, read mirror.Source) error {
	remote := func(ctx context.Context, path string) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		return read(ctx, path)
	}
	log, err := gosdk.NewLog(key, remote)
	s.list = append(s.list, source{name, remote, log})
	return err
}

func (s *sources) close() { s.client.CloseIdleConnections() }

// Lookup is that of a gosdk.Log. "Not there" is believed only when nobody says
// anything else: a mirror without the database says so of everything.
func (s *sources) Lookup(ctx context.Context, path, version string) ([]string, error) {
	var worst error
	for i := range s.list {
		lines, err := s.list[i].log.Lookup(ctx, path, version)
		if err == nil {
			s.used = &s.list[i]
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
