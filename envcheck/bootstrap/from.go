package bootstrap

import (
	"context"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// Bundle is what crossed an air gap, opened and checked; see package bundle.
type Bundle struct {
	Go       string // the newest version in it for this platform, "1.26.8"; "" = none
	SDKs     string // the folder of the SDKs
	Proxy    string // GOPROXY for tools; "" = it has no modules
	Tools    []Tool // beside those of the organisation's file; Module may be empty
	Sequence int64  // a lower one than was seen is refused; 0 = not counted
	// Proof is the checksum database as the bundle holds it; key is the database's,
	// "" = the public one. It gives nil where there is none.
	Proof func(ctx context.Context, key string) (gosdk.Log, error)
}
