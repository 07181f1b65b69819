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
// package's; cause may be nil. A class that cause has already is not repeated.
func Fail(class error, what string, cause error) *msg.Error {
	switch {
	case cause == nil:
		return msg.Errorf("fetch %s: %w", "获取 %s：%w", what, class).WithKind(kind(class))
	case errors.Is(cause, class):
		return msg.Errorf("fetch %s: %w", "获取 %s：%w", what, cause).WithKind(kind(class))
	}
	return msg.Errorf("fetch %s: %w: %w", "获取 %s：%w：%w", what, class, cause).WithKind(kind(class))
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
