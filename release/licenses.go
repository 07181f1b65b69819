package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// licenses reads the licences of what a program was linked from, while the sources
// lie where the go command found them, and holds them against the policy.
func (b *builder) licenses(ctx context.Context, tool *gotool.Tool, j Job, p *Part, bin *manifest.Binary, temp string) error {
	defer b.trace.begin(j.Target.String(), phaseInspect)()
	programs, err := sbom.ReadFile(p.path(bin.Path))
	if err != nil {
		return err
	}
	src := sourcesOf(b.dir, j, tool)
	linked, err := listLinked(ctx, tool, b.dir, j, temp)
	if err != nil {
		return err
	}
	if p.Licenses == nil {
		p.Licenses = map[string]sbom.License{}
	}
	for _, prog := range programs {
		own, err := sbom.ReadLicenses(src.root, linked.below(prog.Main), rememberedScan)
		if err != nil {
			return err
		}
		p.Licenses[prog.Main.Path] = p.Licenses[prog.Main.Path].With(own)
		for _, m := range prog.Deps {
			if err := ctx.Err(); err != nil {
				return err
			}
			l, err := src.license(m, linked.below(m))
			if err != nil {
				return err
			}
			p.Licenses[m.Key()] = p.Licenses[m.Key()].With(l)
			if b.plan.Licenses == nil {
				continue
			}
			if refused := b.plan.Licenses.Judge(m, l); refused != nil {
				return refusal(m, *refused, j, linked.chain(m, path.Dir(refused.File)))
			}
		}
	}
	return nil
}

// moduleSources says where the sources of a job's modules are.
type moduleSources struct {
	root  string // folder of the main module
	cache string // GOMODCACHE
}

func sourcesOf(project string, j Job, tool *gotool.Tool) moduleSources {
	root := filepath.Join(project, filepath.FromSlash(j.Dir))
	for dir := root; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, "go.mod")) {
			root = dir
			break
		}
		if dir == project || dir == filepath.Dir(dir) {
			break
		}
	}
	return moduleSources{root: root, cache: tool.Env["GOMODCACHE"]}
}

// license reads a module's licences, in the folders of packages too. A module that
// was linked has its sources somewhere: in a folder that go.mod names, in vendor, or
// in the module cache.
func (s moduleSources) license(m sbom.Module, packages []string) (sbom.License, error) {
	var dirs []string
	switch {
	case m.Folder != "":
		dir := filepath.FromSlash(m.Folder)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(s.root, dir)
		}
		dirs = append(dirs, dir)
	default:
		path, err := module.EscapePath(m.Path)
		version, verr := module.EscapeVersion(m.Version)
		if err == nil && verr == nil && m.Sum != "" && s.cache != "" {
			dirs = append(dirs, filepath.Join(s.cache, filepath.FromSlash(path)+"@"+version))
		}
		vendored, _, _ := strings.Cut(m.Replaces, "@") // vendor has it by the name that is imported
		if vendored == "" {
			vendored = m.Path
		}
		dirs = append(dirs, filepath.Join(s.root, "vendor", filepath.FromSlash(vendored)))
	}
	for _, dir := range dirs {
		l, err := sbom.ReadLicenses(dir, packages, rememberedScan)
		if !errors.Is(err, fs.ErrNotExist) {
			return l, err
		}
	}
	return sbom.License{}, nil
}

// refusal is the error about a module that must not be linked.
func refusal(m sbom.Module, r sbom.Refusal, j Job, chain []string) error {
	why := msg.Text{EN: "which licenses.allow does not name", ZH: "不在 licenses.allow 之列"}
	if r.Denied {
		why = msg.Text{EN: "which licenses.deny names", ZH: "被 licenses.deny 禁止"}
	}
	where := msg.Textf("file %s", "文件 %s", r.File)
	if r.File == "" {
		where = msg.Text{EN: "no licence file", ZH: "没有许可证文件"}
	}
	license := msg.Text{EN: r.License, ZH: r.License}
	if r.License == sbom.UnknownLicense {
		license = msg.Text{EN: "an unknown licence", ZH: "未知许可证"}
	}
	return msg.Errorf("build %s for %s: %s is under %s (%s), %s; it is linked by %s", "构建 %s（%s）：%s 使用 %s（%s），%s；链接途径：%s",
		j.Binary, j.Target, m.Key(), license, where, why, strings.Join(chain, " → ")).WithKind(msg.Findings).
		WithHint("use another module, or write down why it may be linked: release: licenses: except: {%s: the reason}", "请改用其他模块，或写明可以链接的理由：release: licenses: except: {%s: 理由}", m.Path)
}

// rememberedScan recognises a text, or remembers what it recognised in it before:
// making the recogniser ready takes longer than everything else together.
func rememberedScan(text []byte) []string {
	sum := sha256.Sum256(text)
	file := ""
	if dir, err := os.UserCacheDir(); err == nil {
		file = filepath.Join(dir, "yingzao", "licenses-1", hex.EncodeToString(sum[:]))
	}
	var ids []string
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &ids) == nil {
		return ids
	}
	ids = sbom.Scan(text)
	if b, err := json.Marshal(ids); err == nil && file != "" && os.MkdirAll(filepath.Dir(file), 0o755) == nil { // a cache that cannot be written costs time only
		writeWhole(file, b)
	}
	return ids
}

// writeWhole writes a file so that nobody reads half of it; failures are of no
// consequence.
func writeWhole(path string, data []byte) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
