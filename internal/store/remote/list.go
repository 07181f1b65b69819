package remote

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// List asks for page after page. What is no valid key is passed over: consoles
// make objects that end with a slash, to look like folders.
func (s *Store) List(ctx context.Context, prefix string, fn func(store.Info) error) error {
	whole := wholeRunes(prefix)
	if len(s.Prefix)+len(prefix) > s.Service.MaxKey || whole != "" && store.ValidKey(whole) != nil && store.ValidKey(whole+"x") != nil {
		return ctx.Err() // no key begins so, and MinIO refuses to look for it
	}
	for marker := ""; ; {
		next, err := s.page(ctx, whole, marker, func(i store.Info) error {
			if !strings.HasPrefix(i.Key, prefix) {
				return nil
			}
			return fn(i)
		})
		var own *stopped
		switch {
		case errors.As(err, &own):
			return own.err
		case err != nil:
			return s.fail(store.OpList, prefix, err, false)
		case next == "":
			return nil
		}
		marker = next
	}
}

// wholeRunes is a prefix without the beginning of a rune at its end, which
// services do not take.
func wholeRunes(prefix string) string {
	for n := range min(len(prefix), utf8.UTFMax) {
		if whole := prefix[:len(prefix)-n]; utf8.ValidString(whole) {
			return whole
		}
	}
	return prefix
}

// stopped carries the error of the caller's function past those of the store.
type stopped struct{ err error }

func (s *stopped) Error() string { return s.err.Error() }

// page hands on one page and returns where the next one begins, "" at the end.
func (s *Store) page(ctx context.Context, prefix, marker string, fn func(store.Info) error) (next string, err error) {
	var page struct {
		EncodingType string
		IsTruncated  bool
		NextMarker   string
		Contents     []struct {
			Key          string
			Size         int64
			ETag         string
			LastModified string
		}
	}
	x := s.exchange(ctx)
	if err := s.document(x, s.Dialect.List(x, s.Prefix+prefix, marker), "ListBucketResult", &page); err != nil {
		return "", err
	}
	last := marker
	for _, o := range page.Contents {
		name, err := decoded(o.Key, page.EncodingType)
		if err != nil || name <= last || !strings.HasPrefix(name, s.Prefix+prefix) {
			return "", x.Unclear() // a page that cannot be true
		}
		last = name
		key := strings.TrimPrefix(name, s.Prefix)
		if store.ValidKey(key) != nil || strings.HasPrefix(key, probe) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if err := fn(store.Info{Key: key, Size: o.Size, ETag: bare(o.ETag), Modified: timeOf(o.LastModified)}); err != nil {
			return "", &stopped{err}
		}
	}
	if !page.IsTruncated {
		return "", nil
	}
	next, err = decoded(page.NextMarker, page.EncodingType) // S3 leaves it out
	if err != nil || len(page.Contents) == 0 {
		return "", x.Unclear()
	}
	return max(next, last), nil
}

// decoded is a name in an answer.
func decoded(name, encoding string) (string, error) {
	if encoding != "url" {
		return name, nil
	}
	return url.QueryUnescape(name)
}

// timeOf reads a time in a document; zero when it does not say.
func timeOf(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

// Delete removes objects, a thousand with one request. If one of the keys is
// invalid, nothing is deleted.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if err := s.check(ctx, key); err != nil {
			return s.fail(store.OpDelete, key, err, false)
		}
	}
	if len(keys) == 1 {
		x := s.exchange(ctx)
		err := s.done(x, s.Dialect.Delete(x, s.Prefix+keys[0]))
		return unless(store.ErrNotFound, s.fail(store.OpDelete, keys[0], err, false))
	}
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = s.Prefix + key
	}
	slices.Sort(names)
	for few := range slices.Chunk(slices.Compact(names), Batch) {
		if err := s.deleteMany(ctx, few); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) deleteMany(ctx context.Context, names []string) error {
	var answer struct {
		Deleted []struct{ Key string }
		Error   []struct{ Key, Code, Message string }
	}
	x := s.exchange(ctx)
	err := s.document(x, s.Dialect.DeleteMany(x, names), "DeleteResult", &answer)
	if err == nil && len(answer.Deleted)+len(answer.Error) != len(names) {
		err = x.Unclear()
	}
	if err != nil {
		return s.fail(store.OpDelete, strings.TrimPrefix(names[0], s.Prefix), err, false)
	}
	var errs []error
	for _, e := range answer.Error {
		err := s.fail(store.OpDelete, strings.TrimPrefix(e.Key, s.Prefix), x.Part(e.Code, e.Message), false)
		errs = append(errs, unless(store.ErrNotFound, err))
	}
	return msg.Join(errs...)
}

// unless is err, or nil when it is of that class.
func unless(class, err error) error {
	if errors.Is(err, class) {
		return nil
	}
	return err
}
