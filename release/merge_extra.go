package release

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	"lukechampine.com/blake3"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// addUniversal joins the darwin binaries of a build into one and packs it.
func addUniversal(ctx context.Context, plan *Plan, project string, parts []*Part, dist string, m *manifest.Manifest) error {
	for _, fat := range plan.Universal {
		var thin []*io.SectionReader
		var flags, env []string
		var main string
		for _, p := range parts {
			for _, bin := range p.Binaries {
				if p.Target.OS != "darwin" || !slices.Contains(fat.Builds, bin.Build) {
					continue
				}
				f, err := os.Open(p.path(bin.Path))
				if err != nil {
					return msg.Errorf("make universal %s: %w", "生成通用二进制 %s：%w", fat.Name, err)
				}
				defer f.Close()
				thin = append(thin, io.NewSectionReader(f, 0, bin.Size))
				flags, env, main = bin.Flags, bin.Env, bin.Main
			}
		}
		if len(thin) == 0 {
			continue
		}
		path := filepath.Join(dist, partsFolder, universalFolder, "bin", fat.ID, filepath.FromSlash(fat.Name))
		if err := makeDir(filepath.Dir(path)); err != nil {
			return err
		}
		sums, err := archive.WriteFile(ctx, path, 0o755, func(w io.Writer) error { return inspect.WriteUniversal(w, thin...) })
		if err != nil {
			return msg.Errorf("make universal %s: %w", "生成通用二进制 %s：%w", fat.Name, err)
		}
		if err := os.Chtimes(path, fat.ModTime, fat.ModTime); err != nil {
			return msg.Errorf("make universal %s: %w", "生成通用二进制 %s：%w", fat.Name, err)
		}
		facts, err := inspect.File(path)
		if err != nil {
			return msg.Errorf("inspect %s: %w", "检查 %s：%w", fat.Name, err)
		}
		bin := &manifest.Binary{
			Path: fat.Name, Build: fat.ID, Target: target.Target{OS: "darwin", Arch: "arm64"}, Size: sums.Size, SHA256: sums.SHA256,
			Main: main, Flags: flags, Env: env, Verdict: inspect.Judge(facts, inspect.Policy{}),
		}
		for _, a := range plan.Archives {
			if a.Universal != fat.ID {
				continue
			}
			art, err := packArchive(ctx, a, project, dist, func(string) (*manifest.Binary, string) { return bin, path })
			if err != nil {
				return err
			}
			m.Artifacts = append(m.Artifacts, *art)
		}
	}
	return nil
}

// addSource packs the project's own tracked files.
func addSource(ctx context.Context, plan *Plan, project string, _ []*Part, dist string, m *manifest.Manifest) error {
	if plan.Source == nil {
		return nil
	}
	a := PlannedArchive{Name: plan.Source.Name, Format: plan.Source.Format, Members: plan.Source.Members, ModTime: plan.CommitTime}
	art, err := packArchive(ctx, a, project, dist, nil)
	if err != nil {
		return err
	}
	art.Kind, art.Target = manifest.KindSource, nil
	m.Artifacts = append(m.Artifacts, *art)
	return nil
}

// newHash are the algorithms a checksum file may have; sha256 is taken from the
// manifest instead of being computed again.
var newHash = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha384": sha512.New384, "sha512": sha512.New,
	"crc32":    func() hash.Hash { return crc32.NewIEEE() },
	"sha3-224": func() hash.Hash { return sha3.New224() }, "sha3-256": func() hash.Hash { return sha3.New256() },
	"sha3-384": func() hash.Hash { return sha3.New384() }, "sha3-512": func() hash.Hash { return sha3.New512() },
	"blake2b": func() hash.Hash { h, _ := blake2b.New512(nil); return h },
	"blake2s": func() hash.Hash { h, _ := blake2s.New256(nil); return h },
	"blake3":  func() hash.Hash { return blake3.New(32, nil) },
}

// addChecksums writes the sums of all other artifacts in sha256sum's format.
func addChecksums(ctx context.Context, plan *Plan, project string, _ []*Part, dist string, m *manifest.Manifest) error {
	c := plan.Checksums
	if c == nil {
		return nil
	}
	lines := map[string][]string{} // by file name
	list := func(file, path, sha256hex string) (err error) {
		digest := sha256hex
		if c.Algorithm != "sha256" {
			if digest, err = digestOf(c.Algorithm, path); err != nil {
				return err
			}
		}
		name, line := c.Name, digest+"  "+file
		if c.Split {
			name, line = strings.ReplaceAll(c.Name, artifactMark, file), digest
		}
		lines[name] = append(lines[name], line)
		return nil
	}
	for _, a := range m.Artifacts {
		if len(c.IDs) > 0 && !slices.Contains(c.IDs, plan.id(a.Name)) {
			continue
		}
		if err := list(a.Name, filepath.Join(dist, a.Name), a.SHA256); err != nil {
			return err
		}
	}
	for _, x := range c.Extra {
		path := filepath.Join(project, filepath.FromSlash(x.From))
		if err := unchanged(path, x.SHA256); err != nil {
			return msg.Errorf("sum %s: %w", "计算 %s 的校验和：%w", x.Name, err)
		}
		if err := list(filepath.Base(path), path, x.SHA256); err != nil {
			return err
		}
	}
	for name, ls := range lines {
		slices.SortFunc(ls, func(a, b string) int {
			return strings.Compare(a[strings.LastIndex(a, " ")+1:], b[strings.LastIndex(b, " ")+1:])
		})
		sums, err := archive.WriteFile(ctx, filepath.Join(dist, name), 0o644, func(w io.Writer) error {
			_, err := fmt.Fprintln(w, strings.Join(ls, "\n"))
			return err
		})
		if err != nil {
			return err
		}
		m.Artifacts = append(m.Artifacts, manifest.Artifact{Name: name, Kind: manifest.KindChecksum, Size: sums.Size, SHA256: sums.SHA256, CRC64: sums.CRC64})
	}
	return nil
}

// artifactMark stands in a plan for an artifact's name.
const artifactMark = "{{ARTIFACT}}"

func digestOf(algorithm, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", msg.Errorf("sum %s: %w", "计算 %s 的校验和：%w", path, err)
	}
	defer f.Close()
	h := newHash[algorithm]()
	if _, err := io.Copy(h, f); err != nil {
		return "", msg.Errorf("sum %s: %w", "计算 %s 的校验和：%w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
