package e2e

import (
	"net/http"
	"path/filepath"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// P19, of the checksum database: a site that has a head already, and whose mirrors
// then stop to serve the database, does not know whether a record exists. Neither
// the lookup nor the module is "not there" or refused: it is trouble.
func TestP19DatabaseGone(t *testing.T) {
	p := newProject(t, 3, 0)
	dir := filepath.Join(t.TempDir(), "cache")
	s := start(t, setup{config: p.config(dir, mirrortest.OK)})
	if status, body := get(t, "http://"+s.public+"/example.com/many/m0/@v/v1.0.0.zip"); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	s.stop(t)
	s = start(t, setup{config: p.config(dir, mirrortest.NoSumDB)})
	for _, path := range []string{"/sumdb/" + sumName + "/lookup/example.com/many/m1@v1.0.0", "/example.com/many/m1/@v/v1.0.0.zip", "/example.com/many/m2/@v/v1.0.0.mod"} {
		if status, body := get(t, "http://"+s.public+path); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	s.stop(t)
}

// Mirrors that never had the database, and the database's own host that is there: it
// is asked, whatever the mirrors say.
func TestDatabaseBesideTheMirrors(t *testing.T) {
	p := newProject(t, 3, 0)
	s := start(t, setup{config: "  mirrors: ['" + p.up.URL(mirrortest.NoSumDB) + "']\n  sumdb: {databases: ['" + p.up.SumDBKey() + " " + p.up.SumDBURL() + "']}\n  cache: {dir: cache}\n"})
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Errorf("%v\n%s", err, s.talk)
	}
	s.stop(t)
}
