package main

import "github.com/yingzao-dev/yingzao/scripts"

// deskScripts are the bootstrap scripts of these programs. An address that a script
// cannot ask, such as a store's, is left to their caller.
func deskScripts(sums map[string]string, url string) (map[string][]byte, error) {
	if url != "" {
		if all, err := scripts.Bootstrap(scripts.Pins{SHA256: sums, URLs: []string{url}}); err == nil {
			return all, nil
		}
	}
	return scripts.Bootstrap(scripts.Pins{SHA256: sums})
}
