package release

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-shellwords"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
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

// hooks expands commands and splits them into words. env, in templates, comes
// before each hook's own. Secrets stay marks until a hook runs.
func (e *expander) hooks(field string, hooks []config.Hook, env ...string) []Command {
	open := e.f.Env
	defer func() { e.f.Env = open }()
	e.f.Env = maps.Clone(open)
	for k := range open {
		if config.SecretName(k) {
			e.f.Env[k] = "{{ENV:" + k + "}}"
		}
	}
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
		out = append(out, Command{Args: words, Dir: e.one(field, h.Dir), Env: e.all(field, slices.Concat(env, h.Env)), Output: h.Output})
	}
	return out
}

var secretMark = lazyre.New(`\{\{ENV:([^{}]+)\}\}`)

// reveal puts the values of env in the place of marks.
func reveal(texts, env []string) []string {
	out := slices.Clone(texts)
	for i, s := range out {
		out[i] = secretMark.Re().ReplaceAllStringFunc(s, func(mark string) string {
			v, _ := subproc.Getenv(env, secretMark.Re().FindStringSubmatch(mark)[1])
			return v
		})
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
