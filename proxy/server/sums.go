package server

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// sumdb answers below /sumdb/; path is <name>/supported and so on.
func (s *Server) sumdb(w http.ResponseWriter, r *http.Request, v *visit, path string) {
	name, rest, _ := strings.Cut(path, "/")
	db := s.o.Databases[name]
	if !s.enter(w, r, v, nil) {
		return
	}
	if db == nil {
		s.fail(w, r, v, proxy.Fail(proxy.ErrNotFound, "/sumdb", msg.Errorf("this proxy does not serve that checksum database", "本代理不提供该校验数据库")))
		return
	}
	if err := s.lookup(v, rest); err != nil {
		s.fail(w, r, v, err)
		return
	}
	body, forever, err := db.Answer(r.Context(), "/"+rest)
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	kind := textPlain
	if strings.HasPrefix(rest, "tile/") {
		kind = "application/octet-stream"
	}
	scope := s.gate.scope(nil)
	if forever && s.hot.fits(int64(len(body))) {
		a := &answer{path: r.URL.Path, what: v.file, kind: v.kind, body: body}
		s.keep(w, r, v, a.finish(kind, sumTag(body), immutable(scope), time.Time{}))
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{kind}
	h["Etag"] = []string{sumTag(body)}
	h.Set("Cache-Control", mutable(scope))
	if forever {
		h.Set("Cache-Control", immutable(scope))
	}
	sendContent(w, r, time.Time{}, strings.NewReader(string(body)))
}

// lookup refuses to ask a public database about modules that it must not hear of,
// and tells nobody the sums of what a rule blocks. Other paths are fine.
func (s *Server) lookup(v *visit, rest string) error {
	what, ok := strings.CutPrefix(rest, "lookup/")
	if !ok || s.o.Routes == nil {
		return nil
	}
	escaped, escapedVersion, ok := strings.Cut(what, "@")
	path, err := module.UnescapePath(escaped)
	if !ok || err != nil {
		return proxy.Fail(proxy.ErrNotFound, "/sumdb/…/lookup", err)
	}
	version, err := module.UnescapeVersion(escapedVersion)
	if err != nil {
		return proxy.Fail(proxy.ErrNotFound, path, err)
	}
	v.file.Module, v.file.Version = path, version
	route := s.o.Routes.For(path, version)
	switch {
	case route == nil:
		return proxy.Fail(proxy.ErrNotFound, path, msg.Errorf("no route serves this path", "没有路由提供该路径"))
	case route.Private:
		return proxy.Fail(proxy.ErrBlocked, path, msg.Errorf("a private module is in no public checksum database", "私有模块不在公共校验数据库中")).
			WithHint("set GONOSUMDB to the patterns of your private modules", "请将 GONOSUMDB 设为私有模块的匹配模式")
	}
	return blocked(v.file, route)
}
