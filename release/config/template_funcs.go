package config

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/semver/v3"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// functions are GoReleaser's, by name and meaning, but for three: time uses the
// clock of f, abs stays in the project, and files are read below f.Dir only.
func functions(f Fields) template.FuncMap {
	m := template.FuncMap{
		"replace":        strings.ReplaceAll,
		"split":          strings.Split,
		"contains":       strings.Contains,
		"tolower":        strings.ToLower,
		"toupper":        strings.ToUpper,
		"trim":           strings.TrimSpace,
		"trimprefix":     strings.TrimPrefix,
		"trimsuffix":     strings.TrimSuffix,
		"title":          func(s string) string { return cases.Title(language.English).String(s) }, // a Caser must not be shared
		"dir":            filepath.Dir,
		"base":           filepath.Base,
		"abs":            func(p string) (string, error) { return absolute(f.Dir, p) },
		"time":           f.clock().Format,
		"incmajor":       increment(semver.Version.IncMajor),
		"incminor":       increment(semver.Version.IncMinor),
		"incpatch":       increment(semver.Version.IncPatch),
		"filter":         filter(true),
		"reverseFilter":  filter(false),
		"mdv2escape":     mdv2.Replace,
		"envOrDefault":   func(name, value string) string { return indexOrDefault(f.Env, name, value) },
		"isEnvSet":       func(name string) bool { return f.Env[name] != "" },
		"map":            makeMap,
		"list":           func(items ...string) []string { return items },
		"indexOrDefault": indexOrDefault,
		"urlPathEscape":  url.PathEscape,
		"englishJoin":    englishJoin,
		"readFile":       func(p string) (string, error) { return readFile(f.Dir, p, true) },
		"mustReadFile":   func(p string) (string, error) { return readFile(f.Dir, p, false) },
	}
	for name, newHash := range hashes {
		m[name] = func(p string) (string, error) { return hashFile(f.Dir, p, newHash) }
	}
	return m
}

func increment(inc func(semver.Version) semver.Version) func(string) (string, error) {
	return func(v string) (string, error) {
		parsed, err := semver.NewVersion(v)
		if err != nil {
			return "", msg.Errorf("%q is not a version: %w", "%q 不是版本号：%w", v, err)
		}
		prefix := ""
		if strings.HasPrefix(v, "v") {
			prefix = "v"
		}
		return prefix + inc(*parsed).String(), nil
	}
}

// filter keeps the lines that match, or those that do not.
func filter(matching bool) func(content, expr string) (string, error) {
	return func(content, expr string) (string, error) {
		re, err := regexp.CompilePOSIX(expr)
		if err != nil {
			return "", msg.Errorf("regular expression: %w", "正则表达式：%w", err)
		}
		lines := slices.DeleteFunc(strings.Split(content, "\n"), func(l string) bool { return re.MatchString(l) != matching })
		return strings.Join(lines, "\n"), nil
	}
}

// mdv2 escapes what Telegram's MarkdownV2 gives a meaning to.
var mdv2 = strings.NewReplacer("_", `\_`, "*", `\*`, "[", `\[`, "]", `\]`, "(", `\(`, ")", `\)`, "~", `\~`, "`", "\\`",
	">", `\>`, "#", `\#`, "+", `\+`, "-", `\-`, "=", `\=`, "|", `\|`, "{", `\{`, "}", `\}`, ".", `\.`, "!", `\!`)

func makeMap(pairs ...string) (map[string]string, error) {
	if len(pairs)%2 != 0 {
		return nil, msg.Errorf("map takes pairs, got %d values", "map 需要成对的参数，实际为 %d 个", len(pairs))
	}
	m := map[string]string{}
	for p := range slices.Chunk(pairs, 2) {
		m[p[0]] = p[1]
	}
	return m, nil
}

func indexOrDefault(m map[string]string, name, value string) string {
	if s, ok := m[name]; ok {
		return s
	}
	return value
}

// englishJoin writes "a", "a and b", "a, b, and c".
func englishJoin(items []string) string {
	items = slices.DeleteFunc(slices.Clone(items), func(s string) bool { return strings.TrimSpace(s) == "" })
	switch n := len(items); {
	case n < 2:
		return strings.Join(items, "")
	case n == 2:
		return items[0] + " and " + items[1]
	default:
		return strings.Join(items[:n-1], ", ") + ", and " + items[n-1]
	}
}
