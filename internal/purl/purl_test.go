package purl

import "testing"

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"v1.2.3-rc.1_x~y:z":    "v1.2.3-rc.1_x~y:z",
		"v2.0.0+incompatible":  "v2.0.0%2Bincompatible",
		"a/b@c?d#e f":          "a%2Fb%40c%3Fd%23e%20f",
		"营":                    "%E8%90%A5",
		"1:2.36-9+deb12u8~bpo": "1:2.36-9%2Bdeb12u8~bpo",
	} {
		if got := Escape(in); got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
	}
}
