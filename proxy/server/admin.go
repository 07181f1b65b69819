package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Admin is the administrator's side. It belongs on a listener of its own that
// strangers cannot reach.
func (s *Server) Admin() http.Handler {
	mux := http.NewServeMux() // our own: what packages hang onto the default one is not served
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { alive(w) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.count.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /status.json", s.statusJSON)
	mux.HandleFunc("GET /{$}", s.statusPage)
	mux.Handle("POST /purge", s.diagnostic(s.purge))
	mux.Handle("GET /debug/pprof/{name...}", s.diagnostic(s.profile))
	mux.Handle("GET /debug/flight", s.diagnostic(s.flightNow))
	return mux
}

// readyz is for who sends traffic here: 503 while the server drains or cannot do
// its work. Mirrors that are down are no reason: what is cached is answered.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	st := s.status(r.Context())
	status := http.StatusOK
	if !st.Ready {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, st.readiness)
}

func (s *Server) statusJSON(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, s.status(r.Context()))
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Cache-Control", noStore)
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

// diagnostic lets nobody in without the token, which comes in the Authorization
// header as Bearer or not at all.
func (s *Server) diagnostic(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.o.Token == nil {
			s.say(w, http.StatusNotFound, noStore, msg.Text{
				EN: "diagnostics are off: give the proxy a file with a token to turn them on",
				ZH: "诊断功能已关闭：为代理指定令牌文件即可开启",
			})
			return
		}
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		sent, _ := token(r.Header)
		if _, ok := known([]holder{{"admin", *s.o.Token}}, sent); !ok || !strings.EqualFold(scheme, "Bearer") {
			w.Header().Set("Www-Authenticate", `Bearer realm="yingzao diagnostics"`)
			s.say(w, http.StatusUnauthorized, noStore, msg.Text{
				EN: "diagnostics need the token, as Authorization: Bearer …",
				ZH: "诊断功能需要令牌，以 Authorization: Bearer … 发送",
			})
			return
		}
		w.Header().Set("Cache-Control", noStore)
		h(w, r)
	})
}

// purge empties the memory; files stay.
func (s *Server) purge(w http.ResponseWriter, _ *http.Request) {
	s.hot.purge()
	w.WriteHeader(http.StatusNoContent)
}
