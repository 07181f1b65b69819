package trace

import (
	"crypto/rand"
	"fmt"
	"net/http"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// database is a checksum database over what the recorders serve, under the name
// of the user's, with a key that lives as long as the trace.
type database struct {
	name, key string
	handler   http.Handler
}

func newDatabase(db goenv.SumDB, c *content) (*database, error) {
	signer, verifier, err := note.GenerateKey(rand.Reader, db.Name)
	if err != nil {
		return nil, msg.Errorf("make a key for %s: %w", "为 %s 生成密钥：%w", db.Name, err)
	}
	ops := sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) {
		zip, err := c.zipSum(path, version)
		if err != nil {
			return nil, err
		}
		mod, err := c.modSum(path, version)
		if err != nil {
			return nil, err
		}
		return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, zip, path, version, mod), nil
	})
	return &database{name: db.Name, key: verifier, handler: sumdb.NewServer(ops)}, nil
}
