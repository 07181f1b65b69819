package config

import (
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// LoadSign reads who signs a project's releases, for one that is made already: Sign and
// the Env of its templates are all that the Project has. A .yingzao.yaml alone can say
// so, so what else a GoReleaser file asks for is nobody's concern here. file is
// [Options.File]; without a file, or a release section in it, nobody signs.
func LoadSign(dir, file string) (*Project, error) {
	p := &Project{}
	names := oursNames
	if file != "" {
		names = []string{file}
	}
	f, err := firstOf(dir, names)
	if err != nil {
		return nil, err
	}
	if f == nil && file != "" {
		_, err = read(dir, file)
		return nil, err
	}
	if f == nil || file != "" && !isOurs(file, f.data) {
		return p, nil
	}
	s, err := yamlfile.Open(filepath.Base(f.name), f.data)
	if err != nil {
		return nil, err
	}
	var o ours
	if err := s.Decode("release", &o); err != nil {
		return nil, err
	}
	p.Env, p.Sign = o.Env, o.Sign.project()
	return p, nil
}
