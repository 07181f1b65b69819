package gosdk

import (
	"context"
	"sync"
)

// recorder keeps what it reads for a client, under the names of a proof.
type recorder struct {
	remote Remote
	dir    string

	mu    sync.Mutex
	files map[string][]byte
}

func (r *recorder) read(ctx context.Context, path string) ([]byte, error) {
	b, err := r.remote(ctx, path)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files[r.dir+path] = b
	return b, nil
}
