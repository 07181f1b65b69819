package release

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-shellwords"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
)

// expander expands many templates with the same fields and keeps the first
// error.
type expander struct {
	f   config.Fields
	err error
}

// one expands a template of the named configuration field.
func (e *expander) one(field, text string) string {
	if e.err != nil || text == "" {
		return text
	}
	s, err := config.Expand(text, e.f)
	e.err = config.In(field, err)
	return strings.TrimSpace(s)
}

// all expands a list; entries that expand to nothing stay, as empty strings.
func (e *expander) all(field string, texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, e.one(field, t))
	}
	return out
}

// timestamp expands a template of a Unix timestamp; an empty one is fallback.
func (e *expander) timestamp(field, text string, fallback time.Time) time.Time {
	s := e.one(field, text)
	if s == "" || e.err != nil {
		return fallback
	}
	sec, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		e.err = msg.Errorf("%s: %q is not a Unix timestamp", "%s：%q 不是 Unix 时间戳", field, s).
			WithHint("write '{{ .CommitTimestamp }}'", "请写 '{{ .CommitTimestamp }}'").WithKind(msg.Usage)
		return fallback
	}
	return time.Unix(sec, 0).UTC()
}

// date expands a template of an RFC 3339 time; an empty one is fallback.
func (e *expander) date(field, text string, fallback time.Time) time.Time {
	s := e.one(field, text)
	if s == "" || e.err != nil {
		return fallback
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		e.err = msg.Errorf("%s: %q is not a time in RFC 3339", "%s：%q 不是 RFC 3339 格式的时间", field, s).
			WithHint("write '{{ .CommitDate }}'", "请写 '{{ .CommitDate }}'").WithKind(msg.Usage)
	}
	return t
}

// hooks expands commands and splits them into words.
func (e *expander) hooks(field string, hooks []config.Hook) []Command {
	var out []Command
	for _, h := range hooks {
		line := e.one(field, h.Cmd)
		if e.err != nil || line == "" {
			continue
		}
		words, err := shellwords.Parse(line)
		if err != nil {
			e.err = msg.Errorf("%s: split %q into words: %w", "%s：拆分命令 %q：%w", field, line, err).WithKind(msg.Usage)
			return nil
		}
		// What the user's environment holds, a hook sees anyway; secrets have no
		// place in a file.
		env := slices.DeleteFunc(e.all(field, h.Env), func(kv string) bool {
			k, _, _ := strings.Cut(kv, "=")
			return config.SecretName(k)
		})
		out = append(out, Command{Args: words, Dir: e.one(field, h.Dir), Env: env, Output: h.Output})
	}
	return out
}

// recordedEnv is the part of an environment that goes into a plan and to the
// compiler: settings of Go, and for builds with cgo everything that is not a
// secret. Later entries win; the result is sorted.
func recordedEnv(env []string, cgo bool) []string {
	last := map[string]string{}
	for _, kv := range env {
		k, _, ok := strings.Cut(kv, "=")
		if !ok || config.SecretName(k) || !cgo && !strings.HasPrefix(k, "GO") && !strings.HasPrefix(k, "CGO_") {
			continue
		}
		last[k] = kv
	}
	out := make([]string, 0, len(last))
	for _, kv := range last {
		out = append(out, kv)
	}
	slices.Sort(out)
	return out
}
