package matrix

import (
	"encoding/json"
	"os"
	"strconv"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// lockSchema is the form of the lock that this program reads and writes.
const lockSchema = 1

// Lock is which digest each base had when somebody looked. The zero Lock pins
// nothing.
type Lock struct {
	Schema int `json:"schema" yaml:"schema"`
	// Bases holds base → architecture → sha256:…, of the image or of an index that
	// holds it.
	Bases map[string]map[string]string `json:"bases" yaml:"bases"`
}

var digestForm = lazyre.New(`^sha256:[0-9a-f]{64}$`)

// LoadLock reads a site's lock.
func LoadLock(name string) (Lock, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Lock{}, msg.Errorf("read the lock: %w", "读取锁文件：%w", err)
	}
	return ParseLock(name, data)
}

// ParseLock reads a lock strictly; the name stands in front of every error. A file
// without content pins nothing.
func ParseLock(name string, data []byte) (Lock, error) {
	var l Lock
	f, err := yamlfile.Parse(name, data) // JSON is YAML, and this tells line and column
	if err != nil {
		return Lock{}, err
	}
	if err := f.Decode(&l); err != nil {
		return Lock{}, err
	}
	if f.Root() != nil && l.Schema != lockSchema {
		_, at := f.Find("schema")
		return Lock{}, f.Errorf(at, "schema %s is not known, only %d", "未知的 schema %s，只支持 %d", strconv.Itoa(l.Schema), lockSchema)
	}
	var errs []*msg.Error
	for base, of := range l.Bases {
		for arch, digest := range of {
			if !digestForm.Re().MatchString(digest) {
				_, at := f.Find("bases", base, arch)
				errs = append(errs, f.Errorf(at, "%s %s: %q is no digest", "%s %s：%q 不是摘要", base, arch, digest).
					WithHint("a digest is sha256: and 64 hexadecimal digits; to unpin a base remove its line", "摘要是 sha256: 加 64 位十六进制数；要取消固定请删除该行"))
			}
		}
	}
	return l, yamlfile.Join(errs...)
}

// Set notes a digest.
func (l *Lock) Set(base, arch, digest string) {
	if l.Bases == nil {
		l.Bases = map[string]map[string]string{}
	}
	if l.Bases[base] == nil {
		l.Bases[base] = map[string]string{}
	}
	l.Bases[base][arch] = digest
}

// Encode is the lock as it is kept in a file: sorted, so that a change of one
// digest is one line of a diff.
func (l Lock) Encode() []byte {
	l.Schema = lockSchema
	if l.Bases == nil {
		l.Bases = map[string]map[string]string{}
	}
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		panic(err) // maps of strings
	}
	return append(b, '\n')
}

// Pin puts the digests of the lock where they belong. A base or an architecture
// that the matrix does not build is an error, since its digest would pin nothing;
// then no digest is changed.
func (m *Matrix) Pin(l Lock) error {
	for name, of := range l.Bases {
		b, err := m.Find(name)
		if err != nil {
			return msg.Errorf("read the lock: %w", "读取锁文件：%w", err)
		}
		built := b.arches()
		for arch := range of {
			if p, ok := b.Platform(arch); !ok || !p.Hole.IsZero() {
				return unknown(msg.Errorf("read the lock: nothing is built for %s on %s", "读取锁文件：%[2]s 不构建 %[1]s", arch, name), arch, built)
			}
		}
	}
	for i, b := range m.Bases {
		for j, p := range b.Platforms {
			m.Bases[i].Platforms[j].Digest = l.Bases[b.Name][p.Arch]
		}
	}
	return nil
}

// Platform is the base's platform of an architecture, a hole too.
func (b Base) Platform(arch string) (Platform, bool) {
	for _, p := range b.Platforms {
		if p.Arch == arch {
			return p, true
		}
	}
	return Platform{}, false
}

// arches are those that something is built for.
func (b Base) arches() []string {
	var all []string
	for _, p := range b.Platforms {
		if p.Hole.IsZero() {
			all = append(all, p.Arch)
		}
	}
	return all
}
