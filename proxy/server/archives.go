package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// archive answers below /dl/; name is what follows.
func (s *Server) archive(w http.ResponseWriter, r *http.Request, v *visit, name string) {
	switch {
	case s.o.Archives == nil:
		s.fail(w, r, v, proxy.Fail(proxy.ErrNotFound, "/dl", msg.Errorf("this proxy serves no archives of Go", "本代理不提供 Go 安装包")))
	case name == "":
		body, err := s.o.Archives.List(r.Context())
		if err != nil {
			s.fail(w, r, v, err)
			return
		}
		h := w.Header()
		h["Content-Type"] = []string{jsonType}
		h["Etag"] = []string{sumTag(body)}
		h.Set("Cache-Control", mutable(s.gate.scope(nil)))
		sendContent(w, r, time.Time{}, strings.NewReader(string(body)))
	default:
		v.cache = fromSource
		if s.o.Cache != nil && s.o.Cache.Has("dl/"+name) {
			v.cache = fromCache
		}
		o, err := s.o.Archives.Get(r.Context(), name)
		if err != nil {
			s.fail(w, r, v, err)
			return
		}
		kind := "application/gzip"
		if strings.HasSuffix(name, ".zip") {
			kind = zipType
		}
		s.object(w, r, v, o, kind)
	}
}
