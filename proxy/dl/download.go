package dl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	tries = 3                // without a byte, of all mirrors
	stall = 30 * time.Second // for the next piece
)

// download fills d from one mirror after the other, going on where the last one
// broke off.
func (a *Archives) download(ctx context.Context, name string, d *proxy.Download) error {
	var last error
	for idle := 0; idle < tries; idle++ {
		absent := 0
		for _, base := range a.o.Bases {
			from, err := address(base, name)
			if err != nil {
				return err
			}
			if d.Avoids(from.shown) {
				continue
			}
			before := d.Offset()
			err = a.part(ctx, from, d)
			if err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return proxy.Fail(proxy.ErrUnavailable, name, context.Cause(ctx))
			}
			if errors.Is(err, proxy.ErrNotFound) {
				absent++
			}
			if last = err; d.Offset() > before {
				idle = 0
			}
		}
		if absent == len(a.o.Bases) {
			return proxy.Fail(proxy.ErrNotFound, name, last)
		}
	}
	if last == nil {
		last = msg.Errorf("no mirror is left to ask", "没有可用的镜像")
	}
	return proxy.Fail(proxy.ErrUnavailable, name, msg.Errorf("%w: %w", "%w：%w", proxy.ErrUnavailable, httpx.Error(last)))
}

type source struct{ url, shown string }

func address(base, name string) (source, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return source{}, msg.Errorf("read archive mirror: not a URL", "读取安装包镜像：不是有效的地址").WithKind(msg.Usage)
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + name
	return source{u.String(), httpx.RedactURL(u)}, nil
}

// part asks one mirror for what is missing.
func (a *Archives) part(ctx context.Context, from source, d *proxy.Download) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(stall, cancel)
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity") // lengths and offsets are those of the file
	have := d.Offset()
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	resp, err := httpx.Do(a.o.Client, req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var start, total int64 = 0, resp.ContentLength
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusPartialContent:
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &start); err != nil || start != have {
			return refused(from, resp.Status)
		}
		total += have
	case http.StatusRequestedRangeNotSatisfiable:
		d.Restart() // what is here is longer than the file, so of another one
		return refused(from, resp.Status)
	case http.StatusNotFound, http.StatusGone:
		return proxy.Fail(proxy.ErrNotFound, from.shown, nil)
	default:
		return refused(from, resp.Status)
	}
	if total > maxArchive || resp.ContentLength < 0 || strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return refused(from, resp.Status+" "+resp.Header.Get("Content-Type"))
	}
	// All of it although a part was wanted: what is here already is skipped.
	if _, err := io.CopyN(io.Discard, resp.Body, have-start); err != nil {
		return err
	}
	d.Begin(from.shown)
	buf := make([]byte, 128<<10)
	for d.Offset() < total {
		n, err := io.ReadFull(resp.Body, buf[:min(int64(len(buf)), total-d.Offset())])
		if _, err := d.Write(buf[:n]); err != nil {
			return err
		}
		watch.Reset(stall)
		if err != nil {
			return err
		}
	}
	return nil
}

func refused(from source, what string) error {
	return msg.Errorf("get %s: %s", "下载 %s：%s", from.shown, what)
}
