package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Limits of what is read into memory, those of golang.org/x/mod/zip where it
// has one.
const (
	maxMod  = 16 << 20
	maxList = 16 << 20
	maxInfo = 1 << 20
	maxData = 1 << 20 // one answer of a checksum database
)

// Mirror is one module mirror. Its methods may be called by several goroutines.
// It holds no connections of its own: those are the client's.
type Mirror struct {
	base   *url.URL
	client *http.Client
}

// New makes a mirror of a GOPROXY entry: an http or https URL, with or without
// a path and a trailing slash. Userinfo in it is sent as basic authentication,
// over https only. client comes from httpx.New.
func New(base string, client *http.Client) (*Mirror, error) {
	u, err := url.Parse(base)
	switch {
	case err != nil:
		return nil, msg.Errorf("read mirror URL: %w", "读取镜像地址：%w", httpx.Error(err))
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, msg.Errorf("read mirror URL %s: not an http or https URL with a host", "读取镜像地址 %s：不是带主机名的 http 或 https 地址", httpx.Redact(base))
	case u.Scheme == "http" && u.User != nil:
		return nil, msg.Errorf("read mirror URL %s: credentials would travel unencrypted over http", "读取镜像地址 %s：凭据会以明文经 http 传输", httpx.RedactURL(u))
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), ""
	return &Mirror{base: u, client: client}, nil
}

// String is the mirror's URL without credentials.
func (m *Mirror) String() string { return httpx.RedactURL(m.base) }

// Info is what a mirror says about a version.
type Info struct {
	Version string
	Time    time.Time
}

// List returns the versions a mirror knows, as it orders them. Of a line only
// the first field counts. Pseudo-versions may be among them.
func (m *Mirror) List(ctx context.Context, path string) ([]string, error) {
	rel, err := modulePath(path, "/@v/list")
	if err != nil {
		return nil, err
	}
	data, err := m.read(ctx, rel, maxList)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 0 {
			out = append(out, f[0])
		}
	}
	return out, nil
}

// Info returns the version that a query (a version, a branch, a hash) means. A
// canonical version has to come back as itself.
func (m *Mirror) Info(ctx context.Context, path, version string) (Info, error) {
	rel, err := versionPath(path, version, ".info")
	if err != nil {
		return Info{}, err
	}
	want := ""
	if module.CanonicalVersion(version) == version {
		want = version
	}
	return m.info(ctx, rel, want)
}

func (m *Mirror) info(ctx context.Context, rel, want string) (Info, error) {
	var info Info
	data, err := m.read(ctx, rel, maxInfo)
	if err != nil {
		return info, err
	}
	if err := json.Unmarshal(data, &info); err != nil {
		return Info{}, m.wrong(rel, msg.Errorf("not JSON: %w", "不是 JSON：%w", err))
	}
	if info.Version == "" || want != "" && info.Version != want {
		return Info{}, m.wrong(rel, msg.Errorf("the answer is about version %q", "返回的是版本 %q 的信息", info.Version))
	}
	return info, nil
}

// Mod returns a go.mod, not verified.
func (m *Mirror) Mod(ctx context.Context, path, version string) ([]byte, error) {
	rel, err := versionPath(path, version, ".mod")
	if err != nil {
		return nil, err
	}
	return m.read(ctx, rel, maxMod)
}

// SumDB returns what a checksum database answers through the mirror; path
// begins with a slash: /supported, /latest, /lookup/…, /tile/….
func (m *Mirror) SumDB(ctx context.Context, name, path string) ([]byte, error) {
	return m.read(ctx, "/sumdb/"+name+path, maxData)
}

// Get returns the whole body for a path below the mirror's URL, see [Mirror.Open],
// of at most limit bytes. A page where data is due is a failure.
func (m *Mirror) Get(ctx context.Context, rel string, limit int64) ([]byte, error) {
	return m.read(ctx, rel, limit)
}

// Answer is a successful answer whose body is still to be read.
type Answer struct {
	*http.Response
	Hosts []string // every host that was asked, in order: the mirror, then where it redirected to
}

// Open asks for a path below the mirror's URL; it begins with a slash and is
// escaped as the module protocol wants it. Every status but 200 and 206 is an
// [*Error]. The caller closes the body.
func (m *Mirror) Open(ctx context.Context, method, rel string, header http.Header) (*Answer, error) {
	u := *m.base
	u.Path += rel
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, m.fail(rel, nil, httpx.Error(err))
	}
	for name, v := range header {
		req.Header[name] = v
	}
	resp, err := httpx.Do(m.client, req)
	if err != nil {
		e := m.fail(rel, nil, err)
		noteHosts(ctx, e.Hosts)
		return nil, e
	}
	a := &Answer{Response: resp, Hosts: hosts(resp)}
	noteHosts(ctx, a.Hosts)
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		_ = resp.Body.Close()
		return nil, m.fail(rel, a, nil)
	}
	return a, nil
}

// read returns the body of a text answer; a page where text is due is a
// failure of its own.
func (m *Mirror) read(ctx context.Context, rel string, limit int64) ([]byte, error) {
	data, _, err := m.readAnswer(ctx, rel, nil, limit)
	return data, err
}

func (m *Mirror) readAnswer(ctx context.Context, rel string, header http.Header, limit int64) ([]byte, *Answer, error) {
	a, err := m.Open(ctx, http.MethodGet, rel, header)
	if err != nil {
		return nil, nil, err
	}
	data, err := httpx.ReadAll(ctx, a.Body, limit)
	if err != nil {
		e := m.fail(rel, a, err)
		if e.Class == Timeout && len(data) > 0 {
			e = m.failAs(Slow, rel, a, err)
		}
		return nil, a, e
	}
	if IsPage(data) {
		return nil, a, m.Page(rel, a)
	}
	return data, a, nil
}

// IsPage reports whether a body, or its beginning, is a web page. It goes by the
// body: mirrors label correct answers text/html, and neither JSON nor go.mod,
// lists or zips begin with "<". Tiles are hashes and may begin with anything, so a
// page is also text: no control characters, in whatever encoding.
func IsPage(data []byte) bool {
	start := data[:min(len(data), 512)]
	if bytes.ContainsFunc(start, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f", r) || r == 0x7f }) {
		return false
	}
	_, tag, ok := bytes.Cut(start, []byte("<"))
	before := bytes.TrimPrefix(start[:max(0, len(start)-len(tag)-1)], []byte("\ufeff"))
	return ok && len(bytes.TrimSpace(before)) == 0 && len(tag) > 0 && (tag[0] == '!' || tag[0] == '?' || tag[0]|0x20 >= 'a' && tag[0]|0x20 <= 'z')
}

// Page is the failure of getting a page instead of data.
func (m *Mirror) Page(rel string, a *Answer) *Error {
	if a.Hosts[0] != a.Hosts[len(a.Hosts)-1] {
		return m.failAs(Login, rel, a, nil)
	}
	return m.failAs(HTML, rel, a, nil)
}

// hosts are the hosts of the chain of redirects that led to an answer.
func hosts(resp *http.Response) []string {
	var out []string
	for resp != nil && resp.Request != nil {
		if h := resp.Request.URL.Host; len(out) == 0 || out[len(out)-1] != h {
			out = append(out, h)
		}
		resp = resp.Request.Response
	}
	slices.Reverse(out)
	return out
}

func modulePath(path, rest string) (string, error) {
	esc, err := module.EscapePath(path)
	if err != nil {
		return "", msg.Errorf("ask for module: %w", "请求模块：%w", err).WithKind(msg.Usage)
	}
	return "/" + esc + rest, nil
}

func versionPath(path, version, ext string) (string, error) {
	esc, err := module.EscapeVersion(version)
	if err != nil {
		return "", msg.Errorf("ask for module: %w", "请求模块：%w", err).WithKind(msg.Usage)
	}
	return modulePath(path, "/@v/"+esc+ext)
}
