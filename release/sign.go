package release

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// The variables that signing keys come from. No command that we start gets them.
const (
	SignKeyVariable      = "YINGZAO_SIGN_KEY"      // a minisign secret key
	SignPasswordVariable = "YINGZAO_SIGN_PASSWORD" // its password, and the SM2 key's
	SM2KeyVariable       = "YINGZAO_SM2_KEY"       // an SM2 key, PKCS #8 in PEM
)

// Keys say where signing keys come from. The zero value has none.
type Keys struct {
	Environ    []string       // the variables above, which go before the files
	KeyFile    string         // a minisign secret key; "" = none
	SM2KeyFile string         // an SM2 key; "" = none
	Password   trust.Password // asked where SignPasswordVariable is not set; nil = nobody to ask
	Command    *trust.Command // a program that signs; nil = none
	CommandKey string         // its public key or a file with it; needed where there is a command
}

// Signers opens the keys; none is no error.
func (k Keys) Signers() ([]trust.Signer, error) {
	var out []trust.Signer
	password := k.Password
	if word, ok := subproc.Getenv(k.Environ, SignPasswordVariable); ok {
		password = func(string) (string, error) { return word, nil }
	}
	for _, key := range []struct {
		variable, file string
		parse          func(what string, text []byte) (trust.Signer, error)
	}{
		{SignKeyVariable, k.KeyFile, func(what string, text []byte) (trust.Signer, error) {
			return trust.ParseMinisign(what, text, password)
		}},
		{SM2KeyVariable, k.SM2KeyFile, func(what string, text []byte) (trust.Signer, error) {
			return trust.ParseSM2(what, text, password)
		}},
	} {
		text, what := []byte(nil), key.variable
		if content, _ := subproc.Getenv(k.Environ, key.variable); content != "" {
			text = []byte(content)
		} else if key.file != "" {
			var err error
			if text, err = trust.ReadSecret(key.file); errors.Is(err, fs.ErrNotExist) {
				err = msg.Errorf("%w", "%w", err).WithHint("put the key there, or its content into "+key.variable, "请将密钥放到该处，或将其内容放入 "+key.variable)
			}
			if err != nil {
				return nil, err
			}
			what = key.file
		} else {
			continue
		}
		s, err := key.parse(what, text)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	if k.Command == nil {
		return out, nil
	}
	if k.CommandKey == "" {
		return nil, msg.Errorf("sign: nothing says which public key the command signs by", "签名：未说明签名命令所用密钥的公钥").WithKind(msg.Usage).
			WithHint("name the key, or a file with it, in sign.command_key or --command-key: what does not hold by it is refused before anything is published", "请在 sign.command_key 或 --command-key 中给出公钥或其所在文件：与之不符的签名在发布前即被拒绝")
	}
	c := *k.Command
	c.Environ = withoutKeys(c.Environ)
	var err error
	if c.Public, err = trust.ReadKey(k.CommandKey); err != nil {
		return nil, msg.Errorf("public key of the signing command: %w", "签名命令的公钥：%w", err).WithKind(msg.Usage)
	}
	return append(out, &c), nil
}

// withoutKeys is an environment for other programs.
func withoutKeys(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.ContainsFunc([]string{SignKeyVariable, SignPasswordVariable, SM2KeyVariable}, func(v string) bool { return strings.EqualFold(name, v) })
	})
}

// signing is who signs a release and what besides.
type signing struct {
	keys []trust.Signer
	sm3  bool
}

// signing opens the keys of a project, before anything is built: a wrong password
// is known at once.
func (p *project) signing() (*signing, error) {
	f, err := p.hookFields()
	if err != nil {
		return nil, err
	}
	keys, err := p.signKeys(f)
	if err != nil {
		return nil, err
	}
	s := &signing{sm3: p.cfg.Sign.SM3}
	s.keys, err = keys.Signers()
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.o.Snapshot:
		return &signing{sm3: s.sm3}, nil // who tries something out need not have the key
	case err != nil:
		return nil, err
	}
	if p.cfg.Sign.Required && len(s.keys) == 0 && !p.o.Snapshot {
		return nil, msg.Errorf("release: the project asks for signatures (sign.required), and there is no key", "发布：项目要求签名（sign.required），但没有密钥").WithKind(msg.Usage).
			WithHint("put the content of a key into "+SignKeyVariable+" or "+SM2KeyVariable+", or name its file in sign.key_file", "请将密钥内容放入 "+SignKeyVariable+" 或 "+SM2KeyVariable+"，或在 sign.key_file 中指定文件")
	}
	return s, nil
}

// signKeys are the keys that the project's section sign names, whose templates know f.
func (p *project) signKeys(f config.Fields) (Keys, error) {
	c, e := p.cfg.Sign, expander{f: f}
	keys := Keys{Environ: p.keys, Password: p.o.Password, KeyFile: e.one("sign.key_file", c.KeyFile), SM2KeyFile: e.one("sign.sm2_key_file", c.SM2KeyFile)}
	command := e.all("sign.command", c.Command)
	files := []*string{&keys.KeyFile, &keys.SM2KeyFile}
	if len(command) > 0 && !p.o.Snapshot {
		keys.Command, keys.CommandKey = &trust.Command{Args: command, Dir: p.dir, Environ: p.environ(f)}, c.CommandKey
		if _, err := trust.ParseKey([]byte(c.CommandKey)); err != nil {
			files = append(files, &keys.CommandKey)
		}
	}
	for _, file := range files {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(p.dir, filepath.FromSlash(*file))
		}
	}
	return keys, e.err
}

// sign signs what merge made and puts the signatures beside it.
func (s *signing) sign(ctx context.Context, m *manifest.Manifest, dist string) ([]string, error) {
	if len(s.keys) == 0 && !s.sm3 {
		return nil, nil
	}
	have, err := beside(dist)
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, c := range have {
		all[c.Name] = c.Data
	}
	body, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	sums := m.Sums()
	if slices.ContainsFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Name == manifest.SumsName }) {
		if sums, err = os.ReadFile(filepath.Join(dist, manifest.SumsName)); err != nil {
			return nil, msg.Errorf("sign: %w", "签名：%w", err)
		}
	}
	t := trust.Signing{Manifest: m, Body: body, Sums: sums, Signers: s.keys, SM3: s.sm3, Have: all, Open: FilesIn(dist)}
	made, err := trust.Sign(ctx, t)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range made {
		if _, err := archive.WriteFile(ctx, filepath.Join(dist, f.Name), 0o644, func(w io.Writer) error {
			_, err := w.Write(f.Data)
			return err
		}); err != nil {
			return nil, err
		}
		names = append(names, f.Name)
	}
	attested, err := s.attest(ctx, m, dist, all[manifest.ProvenanceName])
	return append(names, attested...), err
}

// SignDist signs a finished dist folder with the keys and returns the names of the
// files that it wrote; none where the signatures are there already. The bytes of
// the artifacts are compared with the manifest first.
func SignDist(ctx context.Context, dist string, m *manifest.Manifest, keys []trust.Signer, sm3 bool) ([]string, error) {
	for _, a := range m.Artifacts {
		f, err := FilesIn(dist)(a.Name)
		if err != nil {
			return nil, err
		}
		sums, err := archive.SumReader(ctx, f)
		f.Close()
		if err != nil {
			return nil, msg.Errorf("sign %s: %w", "签名 %s：%w", a.Name, err)
		}
		if sums.SHA256 != a.SHA256 {
			return nil, msg.Errorf("sign: %s is not the file of the manifest", "签名：%s 不是清单所列的文件", a.Name).WithKind(msg.Findings).
				WithHint("somebody changed it after the release was merged; build it again", "发布合并后文件被改动；请重新构建")
		}
	}
	return (&signing{keys: keys, sm3: sm3}).sign(ctx, m, dist)
}

// beside reads what lies in a dist folder about its release: signatures and
// attestations.
func beside(dist string) ([]publish.Sidecar, error) {
	entries, err := os.ReadDir(dist)
	if err != nil {
		return nil, msg.Errorf("read dist %s: %w", "读取 dist %s：%w", dist, err)
	}
	var out []publish.Sidecar
	for _, e := range entries {
		if !e.Type().IsRegular() || !manifest.Sidecar(e.Name()) || e.Name() == manifest.PlanName {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dist, e.Name()))
		if err != nil {
			return nil, msg.Errorf("read dist %s: %w", "读取 dist %s：%w", dist, err)
		}
		out = append(out, publish.Sidecar{Name: e.Name(), Data: b})
	}
	return out, nil
}

// forget removes from dist what was said about another release than this one.
func forget(dist string) error {
	old, err := beside(dist)
	for _, c := range old {
		err = msg.Join(err, os.Remove(filepath.Join(dist, c.Name)))
	}
	return err
}
