package publish

import (
	"bytes"
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Sidecar is a file about a version: a signature, an attestation
// ([manifest.Sidecar]).
type Sidecar struct {
	Name string
	Data []byte
}

// maxSidecar is the most bytes that a sidecar may have: it is read as a whole.
const maxSidecar = 16 << 20

func checkSidecars(all []Sidecar) error {
	seen := map[string]bool{}
	for _, s := range all {
		if err := manifest.CheckName("sidecar", s.Name); err != nil {
			return err
		}
		switch {
		case !manifest.Sidecar(s.Name):
			return msg.Errorf("%s is no signature and no attestation", "%s 既不是签名也不是证明", s.Name).WithKind(msg.Usage).
				WithHint("names end in .minisig, .sm2sig or .intoto.json", "文件名须以 .minisig、.sm2sig 或 .intoto.json 结尾")
		case len(s.Data) > maxSidecar:
			return msg.Errorf("%s has more than %d bytes", "%s 超过 %d 字节", s.Name, maxSidecar).WithKind(msg.Usage)
		case seen[s.Name]:
			return msg.Errorf("%s is given twice", "%s 重复给出", s.Name).WithKind(msg.Usage)
		}
		seen[s.Name] = true
	}
	return nil
}

// sidecars writes what is said about the version, once its manifest is in and
// before anybody is led to it. They speak about our manifest, byte for byte; where
// another publisher of the same artifacts was faster with one that tells other
// facts, its own sidecars belong to it and not ours.
func (s *session) sidecars(ctx context.Context, there *inventory) (added bool, err error) {
	missing := slices.DeleteFunc(slices.Clone(s.o.Sidecars), func(c Sidecar) bool { return there.has(s.m.Version, c.Name) })
	if len(missing) == 0 {
		return false, nil
	}
	have, _, err := s.st.read(ctx, s.key(manifest.FileName))
	if err != nil {
		return false, err
	}
	if !bytes.Equal(have, s.body) {
		s.warn("the manifest in the store tells other facts about the same artifacts, so signatures made of ours are not added to it",
			"存储中的清单对相同制品记载了其他事实，因此不添加针对我方清单的签名")
		return false, nil
	}
	for _, c := range missing {
		// One that somebody put there in between stays, whatever is in it: an SM2
		// signature, for one, is another each time it is made.
		if err := s.st.write(ctx, s.key(c.Name), c.Data, fixed(c.Name)); err != nil && !errors.Is(err, store.ErrExists) {
			return false, err
		}
	}
	return true, nil
}

// Attach adds sidecars to a published version, those of a second signer or of
// somebody who built it again. A sidecar that is there with other content is
// never replaced; the error then wraps store.ErrExists.
func Attach(ctx context.Context, st store.Store, project, version string, all []Sidecar, o ManageOptions) (*Change, error) {
	if err := checkSidecars(all); err != nil {
		return nil, err
	}
	return change(ctx, st, project, version, o, msg.Text{EN: "attach to", ZH: "附加到"}, func(m *manager, there *inventory) error {
		m.res.Already = true
		for _, c := range all {
			key := path.Join(project, version, c.Name)
			err := m.st.write(ctx, key, c.Data, fixed(c.Name))
			if err == nil {
				m.res.Already = false
				continue
			}
			if !errors.Is(err, store.ErrExists) {
				return err
			}
			have, _, err := m.st.read(ctx, key)
			if err != nil {
				return err
			}
			if !bytes.Equal(have, c.Data) {
				return msg.Errorf("%s is there with other content: %w", "%s 已存在且内容不同：%w", c.Name, store.ErrExists).
					WithHint("what was said about a version stays; give the new file another name", "关于版本的声明不可更改；请为新文件另取名称")
			}
		}
		return nil
	}, nil)
}

// sidecars are the names of a version's sidecars, sorted.
func (i *inventory) sidecars(version string) []string {
	var out []string
	for key := range i.objects {
		if name, ok := strings.CutPrefix(key, version+"/"); ok && manifest.Sidecar(name) && manifest.CheckName("sidecar", name) == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
