package leak

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed public.txt
var publicText string

// publicHosts are the hosts of public.txt.
var publicHosts = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, h := range publicSample() {
		out[h] = true
	}
	return out
})

// publicSample are the same in the order of the file.
var publicSample = sync.OnceValue(func() []string {
	var out []string
	for line := range strings.Lines(publicText) {
		line, _, _ = strings.Cut(line, "#")
		out = append(out, strings.Fields(line)...)
	}
	return out
})

// PublicHost reports whether a host, or a domain above it, is on the list of
// hosts that serve public modules or mirrors.
func PublicHost(host string) bool {
	host = strings.ToLower(host)
	for {
		if publicHosts()[host] {
			return true
		}
		_, parent, ok := strings.Cut(host, ".")
		if !ok {
			return false
		}
		host = parent
	}
}
