package fetch

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// answerTimeout limits one answer of the database, which is a few kilobytes.
const answerTimeout = 10 * time.Second

// logs is one log that is reached in several ways.
type logs []gosdk.Log

// NewLog makes the log of a checksum database that is asked through each of the
// mirrors and then at its own hosts. Each way proves what it says by itself, so the
// first proof counts, and one mirror that is dead, or lies, stops nobody. The zero
// db is the public database.
func NewLog(db goenv.SumDB, mirrors goenv.Proxies, client *http.Client) (gosdk.Log, error) {
	if db.Off {
		return nil, msg.Errorf("ask checksum database: GOSUMDB=off", "查询校验数据库：GOSUMDB=off").
			WithHint("pin the SDK's h1 or the SHA-256 of its archive instead", "请改为固定 SDK 的 h1 或安装包的 SHA-256").WithKind(msg.Usage)
	}
	if db.Key == "" {
		db = goenv.SumDB{Name: goenv.PublicSumDB, Key: goenv.PublicSumDBKey}
	}
	var out logs
	add := func(read mirror.Source) error {
		log, err := gosdk.NewLog(db.Key, func(ctx context.Context, path string) ([]byte, error) {
			ctx, cancel := context.WithTimeout(ctx, answerTimeout)
			defer cancel()
			return read(ctx, path)
		})
		out = append(out, log)
		return err
	}
	for _, p := range mirrors.Mirrors() {
		m, err := mirror.New(p.URL.String(), client)
		if err != nil { // file://
			continue
		}
		if err := add(m.Source(db.Name)); err != nil {
			return nil, err
		}
	}
	for _, base := range hosts(db) {
		direct, err := mirror.Direct(base, client)
		if err != nil {
			return nil, err
		}
		if err := add(direct); err != nil {
			return nil, err
		}
	}
	return out, nil
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
func (l logs) Lookup(ctx context.Context, path, version string) ([]string, error) {
	var worst error
	for _, log := range l {
		lines, err := log.Lookup(ctx, path, version)
		if err == nil || ctx.Err() != nil {
			return lines, err
		}
		if worst == nil || errors.Is(worst, fs.ErrNotExist) {
			worst = err
		}
	}
	return nil, worst
}
