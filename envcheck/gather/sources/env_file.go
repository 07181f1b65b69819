package sources

import "strings"

// envFile reads K=V lines as pam_env, systemd, direnv's dotenv and compose do in
// common: "export" before, quotes around, a comment behind.
func (p *parser) envFile(src string, line int) {
	for text := range strings.Lines(src) {
		text = strings.TrimSpace(text)
		if rest, ok := strings.CutPrefix(text, "export "); ok {
			text = strings.TrimSpace(rest)
		}
		key, raw, ok := strings.Cut(text, "=")
		if key = strings.TrimSpace(key); ok && !strings.HasPrefix(text, "#") && key != "" && !strings.ContainsAny(key, " \t") {
			raw = strings.TrimSpace(raw)
			p.set(key, envValue(raw), raw, line)
		}
		line++
	}
}

func envValue(raw string) string {
	if raw != "" && (raw[0] == '"' || raw[0] == '\'') {
		if end := strings.IndexByte(raw[1:], raw[0]); end >= 0 {
			return raw[1 : 1+end]
		}
	}
	if i := strings.Index(raw, " #"); i >= 0 {
		raw = strings.TrimSpace(raw[:i])
	}
	return raw
}
