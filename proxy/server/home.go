package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/proxy"
)

// alias is the public database's other name.
const alias = goenv.PublicSumDBAlias

// pages are parsed once.
type pages struct{ home, status page }

func newPages() pages {
	return pages{home: newPage("home", homeText), status: newPage("status", statusText)}
}

// welcome is what the page for people says. Patterns of private modules are not
// for everybody.
type welcome struct {
	// Host is as it stands in URL, with the port: so the go command looks for it in
	// .netrc.
	URL, Host                       string
	Sums, Private, Tokens, Archives bool
}

// home tells people what this is and how to use it.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil || s.gate.front(remote(r)) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	s.pages.home.write(w, r, welcome{
		URL: scheme + "://" + r.Host, Host: r.Host, Sums: len(s.o.Databases) > 0, Archives: s.o.Archives != nil,
		Private: slices.ContainsFunc(s.o.Routes, func(r proxy.Route) bool { return r.Private }),
		Tokens:  !s.gate.open,
	})
}

// The words of the pages.

func size(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, i := float64(n), 0
	for ; x >= 1024 && i < len(units)-1; i++ {
		x /= 1024
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", x, units[i])
}

func percent(n int64) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprintf("%d %%", n)
}

func millis(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// ago is a time by its distance from now, roughly.
func ago(v view, t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	d := max(v.Now.Sub(t), 0)
	switch {
	case d < time.Minute:
		return fmt.Sprint(int(d.Seconds())) + v.T(" s", " 秒")
	case d < time.Hour:
		return fmt.Sprint(int(d.Minutes())) + v.T(" min", " 分钟")
	case d < 48*time.Hour:
		return fmt.Sprint(int(d.Hours())) + v.T(" h", " 小时")
	}
	return fmt.Sprint(int(d.Hours()/24)) + v.T(" days", " 天")
}
