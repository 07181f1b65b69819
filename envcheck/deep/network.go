package deep

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"sync"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// sources are the ways to the database, asked in order. The first one that
// answers is asked alone from then on: answers of different heads do not prove
// each other.
type sources struct {
	client *http.Client
	list   []source

	mu     sync.Mutex
	chosen int // -1 = none yet
	via    *string
}

type source struct {
	name string
	read mirror.Source
}

func network(o Options, via *string) (*sources, error) {
	s := &sources{client: httpx.New(o.HTTP), chosen: -1, via: via}
	name := goenv.PublicSumDB
	if o.Key != "" {
		db, err := goenv.ParseSumDB(o.Key)
		if err != nil {
			return nil, err
		}
		name = db.Name
	}
	for _, base := range o.Mirrors {
		m, err := mirror.New(base, s.client)
		if err != nil { // file:// mirrors, and what the rules about GOPROXY report
			continue
		}
		s.list = append(s.list, source{m.String(), m.Source(name)})
	}
	for _, host := range []string{name, goenv.PublicSumDBAlias} {
		if o.Key != "" && host == goenv.PublicSumDBAlias {
			break
		}
		if direct, err := mirror.Direct("https://"+host, s.client); err == nil {
			s.list = append(s.list, source{"https://" + host, direct})
		}
	}
	return s, nil
}

func (s *sources) close() { s.client.CloseIdleConnections() }

// read is a gosdk.Remote.
func (s *sources) read(ctx context.Context, path string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chosen >= 0 {
		return s.list[s.chosen].read(ctx, path)
	}
	var first error
	for i, src := range s.list {
		data, err := src.read(ctx, path)
		if err == nil {
			s.chosen, *s.via = i, src.name
			return data, nil
		}
		if first == nil || errors.Is(first, fs.ErrNotExist) {
			first = err
		}
	}
	return nil, first
}
