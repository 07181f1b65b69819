package remote

import (
	"context"
	"io"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// Bucket is a bucket, or what is below a prefix in it, as a store URL names it.
type Bucket struct {
	URL          string // as people write it
	Name, Prefix string // the prefix is "" or ends with a slash
	Dialect      Dialect
	Service      Service
	Advice       msg.Text // for whoever opens the store; zero = none
}

// Dialect makes the requests of one service: each method but Presign sends one, by the
// exchange, whose Context is that of the call. The error is the SDK's opinion;
// what really came of the request is read from the exchange, documents included,
// which are the same in all dialects. Objects are full names in the bucket. Names
// in answers may be URL-encoded where the answer says so.
type Dialect interface {
	Head(x *Exchange, object string) error
	// Get reads an object, or the [Range] of it that span says.
	Get(x *Exchange, object, span string) (io.ReadCloser, error)
	// Put writes a whole object with its MD5. With o.IfAbsent it sends the
	// service's condition.
	Put(x *Exchange, object string, b *Body, o store.PutOptions) error
	Delete(x *Exchange, object string) error
	// DeleteMany wants each object named in the answer.
	DeleteMany(x *Exchange, objects []string) error
	// List asks in version 1, with a marker.
	List(x *Exchange, prefix, marker string) error
	Initiate(x *Exchange, object string, o store.PutOptions) error
	Part(x *Exchange, object, id string, n int, b *Body) error
	ListParts(x *Exchange, object, id string, after int) error
	// Complete sends the service's condition with ifAbsent.
	Complete(x *Exchange, object, id string, parts []store.PartInfo, ifAbsent bool) error
	Abort(x *Exchange, object, id string) error
	ListUploads(x *Exchange, prefix, key, id string) error
	// Presign makes a URL for GET, signed by keys that are not empty. It sends
	// nothing. An error must not show the URL.
	Presign(ctx context.Context, k cred.Keys, object string, ttl time.Duration) (string, error)
}

// Versioning is what a dialect offers where versions make its condition void: it
// asks whether the bucket has them. Without it a [Store] tries the condition out.
type Versioning interface {
	Versioning(x *Exchange) error
}

// What all services allow.
const (
	maxParts = 10000
	// Batch is the most keys, uploads or parts in one request.
	Batch = 1000
)
