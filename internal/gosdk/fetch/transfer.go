package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// partState is what is noted about a part when its first bytes come.
type partState struct {
	URL  string `json:"url"`  // without secrets; where the ETag is from
	ETag string `json:"etag"` // strong, or ""
	Size int64  `json:"size"` // of the whole file; -1 = not known
}

// another reports whether the answer is certainly about another file than the part.
func (st partState) another(part partState) bool {
	return st.Size > 0 && part.Size > 0 && st.Size != part.Size || st.URL == part.URL && part.ETag != "" && st.ETag != part.ETag
}

func (d *download) state() partState {
	st := partState{Size: -1}
	if b, err := os.ReadFile(d.part() + ".json"); err == nil && json.Unmarshal(b, &st) != nil {
		st = partState{Size: -1}
	}
	return st
}

func (d *download) note(st partState) error {
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return os.WriteFile(d.part()+".json", append(b, '\n'), 0o600)
}

// transfer asks a mirror once for what is missing. nil means that the part is as
// long as the file.
func (d *download) transfer(ctx context.Context, m *mirror.Mirror, rel string) error {
	outer, source := ctx, m.String()+rel
	ctx, dog := watch(ctx, d.stall)
	defer dog.close()
	err := d.request(ctx, dog, m, rel, source)
	switch {
	case err == nil || outer.Err() != nil || !errors.Is(context.Cause(ctx), errStalled):
		return err
	default:
		return msg.Errorf("get %s: less than %d KiB came within %v", "下载 %s：%[3]v 内收到不足 %[2]d KiB", source, enough>>10, d.stall.Round(time.Millisecond)).WithKind(msg.Incomplete)
	}
}

func (d *download) request(ctx context.Context, dog *watchdog, m *mirror.Mirror, rel, source string) error {
	st, have := d.state(), size(d.part())
	switch {
	case have > 0 && have == st.Size:
		return nil
	case have > maxZip || st.Size > 0 && have > st.Size:
		if err := d.forget(); err != nil {
			return err
		}
		st, have = partState{Size: -1}, 0
	}
	// Without this net/http asks for gzip and hides how long the answer is.
	h := http.Header{"Accept-Encoding": {"identity"}}
	if have > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if st.URL == source && st.ETag != "" {
			h.Set("If-Range", st.ETag)
		}
	}
	a, err := m.Open(ctx, http.MethodGet, rel, h)
	var status *mirror.Error
	if errors.As(err, &status) && status.Status == http.StatusRequestedRangeNotSatisfiable && have > 0 {
		// The file is shorter than what is here, so it is another one.
		if err := d.forget(); err != nil {
			return err
		}
		return d.request(ctx, dog, m, rel, source)
	}
	if err != nil {
		return err
	}
	defer a.Body.Close()
	now := partState{URL: source, ETag: strong(a.Header.Get("ETag")), Size: a.ContentLength}
	if a.StatusCode == http.StatusPartialContent {
		start, total, ok := contentRange(a.Header.Get("Content-Range"))
		if now.Size = total; !ok || start != have || st.Size > 0 && total > 0 && total != st.Size {
			_ = a.Body.Close()
			if have == 0 {
				return msg.Errorf("get %s: the mirror sent another part than was asked for", "下载 %s：镜像返回的不是所请求的部分", source).WithKind(msg.Incomplete)
			}
			if err := d.forget(); err != nil {
				return err
			}
			return d.request(ctx, dog, m, rel, source)
		}
		if now.Size < 0 {
			now.Size = st.Size
		}
		return d.fill(a.Body, have, now, dog)
	}
	// All of it. What is here already stays until as much has come, so that a
	// mirror without ranges that breaks off takes nothing away.
	head := make([]byte, len(d.magic))
	if _, err := io.ReadFull(a.Body, head); err != nil || string(head) != d.magic {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return msg.Errorf("get %s: something else came, such as a login page", "下载 %s：返回的是其他内容，例如登录页面", source).
			WithHint("open it in a browser: a portal may want you to log in, or the address is wrong", "请在浏览器中打开该地址：可能需要先登录认证门户，或地址有误").WithKind(msg.Incomplete)
	}
	if have > 0 && now.another(st) {
		if err := d.forget(); err != nil {
			return err
		}
	}
	return d.fill(io.MultiReader(bytes.NewReader(head), a.Body), 0, now, dog)
}

// fill writes what comes to the part, from offset on.
func (d *download) fill(r io.Reader, offset int64, st partState, dog *watchdog) error {
	if st.Size > maxZip {
		return msg.Errorf("get %s: %d bytes are more than any Go has", "下载 %s：%d 字节，超过任何 Go 的大小", st.URL, st.Size)
	}
	if err := d.note(st); err != nil {
		return err
	}
	file, err := os.OpenFile(d.part(), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = d.copy(file, r, offset, st, dog)
	return msg.Join(err, file.Close())
}

func (d *download) copy(file *os.File, r io.Reader, offset int64, st partState, dog *watchdog) error {
	buf := make([]byte, 128<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if offset+int64(n) > maxZip || st.Size > 0 && offset+int64(n) > st.Size {
				return msg.Errorf("get %s: more came than was announced", "下载 %s：收到的内容超过声明的长度", st.URL).WithKind(msg.Incomplete)
			}
			if _, err := file.WriteAt(buf[:n], offset); err != nil {
				return space(err, d.path)
			}
			offset += int64(n)
			dog.feed(n)
			if d.progress != nil {
				d.progress(st.URL, offset, st.Size)
			}
		}
		switch {
		case err == io.EOF && (st.Size < 0 || offset == st.Size):
			return file.Truncate(offset)
		case err == io.EOF:
			err = io.ErrUnexpectedEOF
			fallthrough
		case err != nil:
			return msg.Errorf("get %s: it broke off after %d of %d bytes: %w", "下载 %s：在 %d / %d 字节处中断：%w", st.URL, offset, st.Size, err).WithKind(msg.Incomplete)
		}
	}
}

// strong is an ETag that If-Range may be asked with.
func strong(etag string) string {
	if strings.HasPrefix(etag, `"`) && strings.HasSuffix(etag, `"`) && len(etag) > 2 {
		return etag
	}
	return ""
}

// contentRange reads "bytes 10-99/100"; total is -1 for "*".
func contentRange(s string) (start, total int64, ok bool) {
	s, found := strings.CutPrefix(s, "bytes ")
	span, whole, cut := strings.Cut(s, "/")
	first, _, dash := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	if !found || !cut || !dash || err != nil || start < 0 {
		return 0, 0, false
	}
	if whole == "*" {
		return start, -1, true
	}
	total, err = strconv.ParseInt(whole, 10, 64)
	return start, total, err == nil && total > start
}
