// Package store says what a place for artifacts must be able to do: a
// directory, an OSS or COS bucket, an S3-compatible service. The
// implementations live in the packages below it, and storetest holds every one
// of them to the same conformance suite.
//
// A key is a relative, slash-separated path without empty, "." or ".."
// elements; [ValidKey] is the rule. An object appears under its key all at once
// and complete, or not at all. Adapters never retry; that is the caller's work.
// A call whose context is done fails with the context's error.
package store

import (
	"context"
	"io"
	"time"
)

// Store is where artifacts go. Implementations are safe for concurrent use.
// Errors can be asked with errors.Is for [ErrNotFound], [ErrExists] and the
// other classes of this package.
type Store interface {
	// URL names the store for people: never a secret in it.
	URL() string
	// Put writes a whole object, reading body from where it stands. With
	// o.IfAbsent a present object is kept and the error is ErrExists. A body of
	// another length than size is ErrIntegrity and nothing is written.
	Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o PutOptions) (Info, error)
	// Head tells about an object without reading it.
	Head(ctx context.Context, key string) (Info, error)
	// Get reads n bytes from offset off; n < 0 means to the end. A range that
	// reaches past the end is cut there, even to nothing; a negative off is an
	// error. Info tells the size of the whole object. The caller closes the
	// reader, which fails once ctx is done.
	Get(ctx context.Context, key string, off, n int64) (io.ReadCloser, Info, error)
	// List calls fn for each object whose key begins with prefix, in the order
	// of the keys' bytes, until fn fails; that error is returned as it is. A
	// prefix may end anywhere in a name, "" lists everything. Unfinished uploads
	// are not listed.
	List(ctx context.Context, prefix string, fn func(Info) error) error
	// Delete removes objects; absent ones are no error. After a failure it is
	// not known which of the keys are gone.
	Delete(ctx context.Context, keys ...string) error
	// Begin starts an upload in parts that nobody sees before Commit. With
	// o.IfAbsent it may already answer ErrExists.
	Begin(ctx context.Context, key string, o PutOptions) (Upload, error)
	// Resume takes up an upload begun earlier, by its ID, perhaps by another
	// process. An upload that is gone, or of another key, is ErrExpired; a store
	// may find out only at the next call.
	Resume(ctx context.Context, key, id string, o PutOptions) (Upload, error)
	// Caps tells what this store can promise.
	Caps() Caps
}

// Upload is one object on its way in parts. Parts may be sent at the same time
// and in any order; sending a part again replaces it. Once the upload is
// committed or aborted, Part, Parts and Commit are ErrExpired.
type Upload interface {
	// ID finds the upload again by Store.Resume.
	ID() string
	// Part sends part n, counted from 1, reading body from where it stands. A
	// body of another length than size is ErrIntegrity.
	Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (PartInfo, error)
	// Parts lists what the store already has, by number.
	Parts(ctx context.Context) ([]PartInfo, error)
	// Commit makes the object of all parts in order of their numbers, which may
	// have gaps; without any part it fails. With IfAbsent in Begin's options a
	// present object is kept and the error is ErrExists; the upload then waits
	// for Abort.
	Commit(ctx context.Context) (Info, error)
	// Abort throws the upload away. After Commit, or twice, it does nothing.
	Abort(ctx context.Context) error
}

// PutOptions go with an object. The zero value overwrites and says nothing
// about the content.
type PutOptions struct {
	IfAbsent           bool   // never replace a present object
	ContentType        string // "" lets the store guess
	CacheControl       string // as in HTTP
	ContentDisposition string // as in HTTP
}

// Info is what is known about an object.
type Info struct {
	Key      string
	Size     int64
	CRC64    string // decimal ECMA-182 as OSS and COS print it; "" when the store does not know
	ETag     string // opaque; "" when the store has none
	Modified time.Time
}

// PartInfo is one part the store holds.
type PartInfo struct {
	Number int
	Size   int64
	CRC64  string // "" when the store does not know
	ETag   string // opaque
}

// Caps tells what a store can promise.
type Caps struct {
	IfAbsent    bool  // IfAbsent is obeyed atomically
	CRC64       bool  // every Info carries CRC64, those of Head and List included
	MinPart     int64 // least size of a part but the last, in bytes
	MaxParts    int   // 0 = no limit
	Concurrency int   // sensible number of simultaneous requests; 0 = no opinion
}

// Presigner is a store, such as a bucket, that can make a URL by which anybody
// gets an object without keys: by GET, not HEAD, with or without a range. Making
// one sends no request, so whether the object is there shows only when the URL
// is used. With temporary keys it ends when they end, if that is sooner.
//
// Such a URL is a secret for as long as it is good. It is for the one who asked,
// and goes into no log, error or page.
type Presigner interface {
	// Presign makes the URL. ttl is from one second to twelve hours, the longest
	// that all services take; fractions of a second are dropped.
	Presign(ctx context.Context, key string, ttl time.Duration) (url string, err error)
}

// Unfinished is an upload that was begun and neither committed nor aborted. A
// store that can find such uploads, as buckets can, offers
//
//	Unfinished(ctx context.Context, olderThan time.Duration, fn func(Unfinished) error) error
//
// and one that can throw them away
//
//	Sweep(ctx context.Context, olderThan time.Duration) (int, error)
//
// Both leave alone what is younger than the given age.
type Unfinished struct {
	Key, ID string
	Begun   time.Time
}
