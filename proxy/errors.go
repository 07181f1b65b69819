package proxy

import (
	"errors"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The classes of failure, to be asked for with errors.Is. Fail puts them around
// the cause.
var (
	// ErrNotFound is certain: it is not there. 404, and the client may go on.
	ErrNotFound error = msg.Errorf("not found", "不存在")
	// ErrBlocked is what a rule forbids. 403 with the reason.
	ErrBlocked error = msg.Errorf("blocked by rule", "被规则禁止")
	// ErrContent failed its proof: not what the checksum database, the go.sum or
	// the zip rules say it must be. 403 with the reason, quarantined, counted.
	ErrContent error = msg.Errorf("content fails verification", "内容未通过校验")
	// ErrUnavailable is trouble on the way, or not knowing. 503 with Retry-After.
	ErrUnavailable error = msg.Errorf("not available now", "暂时无法取得")
)

// Fail makes the error "fetch <what>: <class>: <cause>". class is one of this
// package's; cause may be nil. A class that cause has already is not repeated, nor
// is "fetch <what>" when cause is an error of Fail about the same.
func Fail(class error, what string, cause error) *msg.Error {
	whole, behind, before := about(cause, what)
	switch {
	case before && errors.Is(cause, class):
		return whole.WithKind(kind(class))
	case before:
		e := fetching(what, msg.Errorf("%w: %w", "%w：%w", class, behind), class)
		if h := msg.Hint(whole); !h.IsZero() {
			e = e.WithHint("%v", "%v", h)
		}
		return e
	case cause == nil:
		cause = class
	case !errors.Is(cause, class):
		cause = msg.Errorf("%w: %w", "%w：%w", class, cause)
	}
	return fetching(what, cause, class)
}

func fetching(what string, err, class error) *msg.Error {
	return msg.Errorf("fetch %s: %w", "获取 %s：%w", what, &reason{what, err}).WithKind(kind(class))
}

// reason is what stands behind "fetch <what>: ", and remembers what it is about.
type reason struct {
	what string
	err  error
}

func (r *reason) Error() string { return r.err.Error() }

// Unwrap returns class and cause.
func (r *reason) Unwrap() error { return r.err }

// about finds out whether err is one of Fail about the same, on its surface.
func about(err error, what string) (whole *msg.Error, behind error, ok bool) {
	whole, ok = err.(*msg.Error)
	if !ok || len(whole.Unwrap()) == 0 {
		return nil, nil, false
	}
	r, ok := whole.Unwrap()[0].(*reason)
	if !ok || r.what != what {
		return nil, nil, false
	}
	return whole, r.err, true
}

// kind is the exit code's part of a class.
func kind(class error) msg.Kind {
	switch class {
	case ErrUnavailable:
		return msg.Incomplete
	case ErrContent:
		return msg.Findings
	}
	return msg.Failed
}
