package httpx

import (
	"context"
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// TooLargeError is a body with more bytes than the reader wanted.
type TooLargeError struct{ Limit int64 }

func (e *TooLargeError) Error() string { return e.text().Error() }

// Unwrap returns the same statement in both languages.
func (e *TooLargeError) Unwrap() error { return e.text() }

func (e *TooLargeError) text() *msg.Error {
	return msg.Errorf("read body: more than %d bytes", "读取响应：超过 %d 字节", e.Limit)
}

// ReadAll reads a body of at most limit bytes and closes it. It ends when ctx
// does, however slowly the bytes come, with the cause of ctx. What was read is
// returned with every error.
func ReadAll(ctx context.Context, body io.ReadCloser, limit int64) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = body.Close() })
	defer stop()
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	switch {
	case int64(len(data)) > limit:
		return data[:limit], &TooLargeError{Limit: limit}
	case err != nil && ctx.Err() != nil:
		return data, context.Cause(ctx)
	case err != nil:
		return data, Error(err)
	}
	return data, nil
}
