package goenv

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// The public checksum database.
const (
	PublicSumDB      = "sum.golang.org"
	PublicSumDBAlias = "sum.golang.google.cn" // reachable in mainland China; bypasses every proxy
	// PublicSumDBKey is the database's verifier key (cmd/go/internal/modfetch/key.go).
	PublicSumDBKey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
)

// SumDB is a checksum database as GOSUMDB names it.
type SumDB struct {
	Off   bool     // GOSUMDB=off: nothing is verified
	Name  string   // "sum.golang.org"
	Key   string   // the verifier key
	URL   *url.URL // asked instead of https://Name, past every proxy; nil = through the proxies
	Alias bool     // the value is exactly sum.golang.google.cn
}

// ParseSumDB reads GOSUMDB as the go command does
// (cmd/go/internal/modfetch/sumdb.go, dbDial). Its errors are in the go
// command's words. The go command notices them only when it needs a checksum
// that go.sum does not have.
func ParseSumDB(value string) (SumDB, error) {
	if value == "off" {
		return SumDB{Off: true}, nil
	}
	alias := value == PublicSumDBAlias
	if alias {
		value = PublicSumDB + " https://" + PublicSumDBAlias
	}
	key := strings.Fields(value)
	switch {
	case len(key) == 0:
		return SumDB{}, errors.New("missing GOSUMDB")
	case key[0] == PublicSumDB:
		key[0] = PublicSumDBKey
	}
	if len(key) > 2 {
		return SumDB{}, errors.New("invalid GOSUMDB: too many fields")
	}
	v, err := note.NewVerifier(key[0])
	if err != nil {
		return SumDB{}, fmt.Errorf("invalid GOSUMDB: %w", err)
	}
	db := SumDB{Name: v.Name(), Key: key[0], Alias: alias}
	direct, err := url.Parse("https://" + db.Name)
	if err != nil || strings.HasSuffix(db.Name, "/") || direct.Host == "" || direct.RawPath != "" ||
		*direct != (url.URL{Scheme: "https", Host: direct.Host, Path: direct.Path}) {
		return SumDB{}, fmt.Errorf("invalid sumdb name (must be host[/path]): %s", db.Name)
	}
	if len(key) == 2 {
		if db.URL, err = url.Parse(key[1]); err != nil {
			return SumDB{}, fmt.Errorf("invalid GOSUMDB URL: %w", parseReason(key[1], err))
		}
	}
	return db, nil
}

// Public reports whether this is the public checksum database, by key.
func (db SumDB) Public() bool { return db.Key == PublicSumDBKey }
