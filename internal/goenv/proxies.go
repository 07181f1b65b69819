package goenv

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrNoProxies is what a GOPROXY means that holds nothing but separators, or
// nothing at all because GOROOT/go.env is missing.
var ErrNoProxies = errors.New("GOPROXY list is not the empty string, but contains no entries")

// Proxy is one entry of GOPROXY.
type Proxy struct {
	Raw   string   // as it stands between the separators, not trimmed
	Word  string   // "direct" or "off"; "" for a mirror
	URL   *url.URL // of a mirror; nil for a word or where Err is not nil
	Sep   byte     // what follows the entry: ',' or '|'; 0 at the end
	Dead  bool     // stands behind direct or off: never read, never validated
	Added bool     // the scheme https:// was added by the go command
	Err   error    // why the go command refuses it, in its words less what may be secret; nil = fine
}

// Fallback reports whether the entry after this one is asked after any failure
// ("|"), or only when this one says that it does not have the module (",").
func (p Proxy) Fallback() bool { return p.Sep == '|' }

// Proxies is a GOPROXY list, in its order.
type Proxies []Proxy

// ParseProxies splits GOPROXY as the go command does
// (cmd/go/internal/modfetch/proxy.go). The error is the first that the go
// command would stop at; entries are returned all the same. An empty value
// means the default and gives none and no error; where nothing gives a default
// either, the go command says [ErrNoProxies]. On Windows an entry such as
// C:\mirror is a URL with the scheme "c" to the go command, and one with a bad
// port here: refused by both.
func ParseProxies(value string) (Proxies, error) {
	var out Proxies
	var first error
	live := 0
	dead := false
	for rest := value; rest != ""; {
		p := Proxy{Raw: rest}
		if i := strings.IndexAny(rest, ",|"); i >= 0 {
			p.Raw, p.Sep, rest = rest[:i], rest[i], rest[i+1:]
		} else {
			rest = ""
		}
		word := strings.TrimSpace(p.Raw)
		if word == "" {
			continue
		}
		p.Dead = dead
		switch {
		case word == "direct" || word == "off":
			p.Word = word
			dead = true
		default:
			p.URL, p.Added, p.Err = parseProxyURL(word)
		}
		if !p.Dead {
			live++
			if p.Err != nil && first == nil {
				first = p.Err
			}
		}
		out = append(out, p)
	}
	if value != "" && live == 0 {
		first = ErrNoProxies
	}
	return out, first
}

func parseProxyURL(word string) (u *url.URL, added bool, err error) {
	// The go command adds https:// to what looks like a host name, but not to
	// what looks like an absolute path.
	if strings.ContainsAny(word, ".:/") && !strings.Contains(word, ":/") && word[0] != '/' {
		word, added = "https://"+word, true
	}
	u, err = url.Parse(word)
	if err != nil {
		return nil, added, fmt.Errorf("invalid proxy URL: %w", parseReason(word, err))
	}
	switch u.Scheme {
	case "":
		return nil, added, fmt.Errorf("invalid proxy URL missing scheme: %s", redacted(u))
	case "http", "https":
	case "file":
		if *u != (url.URL{Scheme: "file", Path: u.Path, RawPath: u.RawPath}) {
			return nil, added, fmt.Errorf("invalid file:// proxy URL with non-path elements: %s", redacted(u))
		}
	default:
		return nil, added, fmt.Errorf("invalid proxy URL scheme (must be https, http, file): %s", redacted(u))
	}
	return u, added, nil
}

// Live returns the entries that are read: those up to and including the first
// direct or off.
func (ps Proxies) Live() Proxies {
	var out Proxies
	for _, p := range ps {
		if !p.Dead {
			out = append(out, p)
		}
	}
	return out
}

// Mirrors returns the live entries that are URLs.
func (ps Proxies) Mirrors() Proxies {
	var out Proxies
	for _, p := range ps.Live() {
		if p.URL != nil {
			out = append(out, p)
		}
	}
	return out
}

// Last returns the word that ends the live entries: "direct", "off", or "".
func (ps Proxies) Last() string {
	if live := ps.Live(); len(live) > 0 {
		return live[len(live)-1].Word
	}
	return ""
}
