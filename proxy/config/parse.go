package config

import (
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Parse reads the section proxy: of a .yingzao.yaml and fills in what is not
// written. name is the file's path: it stands in errors, and relative paths are
// meant from its folder ("" or a bare name: the current one). All that is wrong is
// told at once, with file, line and column.
func Parse(name string, data []byte) (Config, error) {
	sections, err := yamlfile.Open(name, data)
	if err != nil {
		return Config{}, err
	}
	var c Config
	if err := sections.Decode("proxy", &c); err != nil {
		return Config{}, err
	}
	k := &checker{file: sections.File()}
	k.config(&c)
	if err := yamlfile.Join(k.errs...); err != nil {
		return Config{}, err
	}
	c.fill()
	if c.Admin.Listen == c.Listen && !strings.HasSuffix(c.Listen, ":0") { // port 0 is another one each time
		return Config{}, k.file.Errorf(k.at("listen"), "the public and the administrator's side cannot both listen on %s", "公开端口与管理端口不能同为 %s", c.Listen)
	}
	c.resolve(filepath.Dir(name))
	return c, nil
}

// resolve makes paths that are not absolute those of the file's folder.
func (c *Config) resolve(dir string) {
	paths := []*string{&c.TLS.Cert, &c.TLS.Key, &c.Admin.TokenFile, &c.Cache.Dir, &c.HTTP.CAFile, &c.TokensFile}
	for i := range c.SumDB.GoSum {
		paths = append(paths, &c.SumDB.GoSum[i])
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		paths = append(paths, &r.TokenFile, &r.SSHKeyFile, &r.KnownHostsFile, &r.CAFile)
	}
	if c.Log.Access != "off" {
		paths = append(paths, &c.Log.Access)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, filepath.FromSlash(*p))
		}
	}
}

// checker looks for what the types alone do not refuse.
type checker struct {
	file *yamlfile.File
	errs []*msg.Error
}

// at is the node of a path in the section; where it is not written, the nearest
// above it.
func (k *checker) at(path ...string) *yaml.Node {
	for n := len(path); n >= 0; n-- {
		if _, v := k.file.Find(append([]string{"proxy"}, path[:n]...)...); v != nil {
			return v
		}
	}
	return nil
}

// bad notes what is wrong at a path.
func (k *checker) bad(path []string, en, zh string, args ...any) noted {
	k.errs = append(k.errs, k.file.Errorf(k.at(path...), en, zh, args...))
	return noted{&k.errs[len(k.errs)-1]}
}

// noted is a fault that may get a hint before the next one is noted.
type noted struct{ err **msg.Error }

// WithHint adds a remedy.
func (n noted) WithHint(en, zh string, args ...any) { *n.err = (*n.err).WithHint(en, zh, args...) }

func in(path []string, more ...any) []string {
	out := append([]string(nil), path...)
	for _, m := range more {
		switch m := m.(type) {
		case string:
			out = append(out, m)
		case int:
			out = append(out, strconv.Itoa(m))
		}
	}
	return out
}
