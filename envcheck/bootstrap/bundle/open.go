package bundle

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// OpenOptions say how a bundle is opened. The zero value accepts any maker.
type OpenOptions struct {
	// SHA256 is what bundle.json must have, in hex; "" = not pinned.
	SHA256 string
	// Scratch is where a tar is unpacked, in a leased folder that [Bundle.Close]
	// removes; see workdir.New. "" = below the system's temporary folder.
	Scratch string
}

// Bundle is a bundle all of whose files have the sums in its manifest. The SDKs
// and modules in it are verified once more by those who use them.
type Bundle struct {
	Manifest
	SHA256 string // of bundle.json, hex
	dir    string
	org    []byte
	work   *workdir.Dir
}

// limits are for a tar, which holds a handful of SDKs and the modules of some tools.
var limits = archive.Limits{Entries: 200_000, Total: 32 << 30, File: 2 << 30}

// Open checks a bundle: a folder, or a tar, which is unpacked first. The caller
// closes it. An error of the kind msg.Findings says that it is damaged, hostile, or
// not the pinned one; msg.Usage, that there is none.
func Open(ctx context.Context, path string, o OpenOptions) (_ *Bundle, err error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, msg.Errorf("open bundle: %w", "打开离线包：%w", err).WithKind(msg.Usage)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, msg.Errorf("open bundle: %w", "打开离线包：%w", err)
	}
	b := &Bundle{dir: path}
	if !fi.IsDir() {
		if b.work, err = workdir.New(o.Scratch); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				_ = b.Close()
			}
		}()
		b.dir = filepath.Join(b.work.Path(), "bundle")
		if err := unpack(ctx, path, b.dir); err != nil {
			return nil, err
		}
	}
	if err := b.check(ctx, o.SHA256); err != nil {
		return nil, msg.Errorf("open bundle %s: %w", "打开离线包 %s：%w", path, err).WithKind(msg.KindOf(err))
	}
	return b, nil
}

func unpack(ctx context.Context, name, dir string) error {
	f, err := os.Open(name)
	if err != nil {
		return msg.Errorf("open bundle: %w", "打开离线包：%w", err)
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err != nil {
		return msg.Errorf("open bundle: %w", "打开离线包：%w", err)
	}
	if format == archive.Binary || format == archive.Gz {
		return msg.Errorf("open bundle %s: it is neither a folder nor a tar", "打开离线包 %s：既不是目录也不是 tar", name).WithKind(msg.Usage)
	}
	err = archive.Extract(ctx, f, format, dir, limits)
	if err != nil && ctx.Err() == nil {
		return bad(msg.Errorf("unpack bundle %s: %w", "解开离线包 %s：%w", name, err))
	}
	return err
}

func (b *Bundle) check(ctx context.Context, pin string) error {
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	data, err := readIn(root, ManifestName, maxManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return msg.Errorf("it has no %s", "其中没有 %s", ManifestName).WithKind(msg.Usage).
			WithHint("name the folder, or the tar, that yingzao bootstrap bundle made", "请指定 yingzao bootstrap bundle 制作的目录或 tar")
	} else if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	b.SHA256 = hex.EncodeToString(sum[:])
	if pin != "" && !strings.EqualFold(pin, b.SHA256) {
		return bad(msg.Errorf("the sha256 of %s is %s, pinned is %s", "%s 的 sha256 为 %s，固定值为 %s", ManifestName, b.SHA256, strings.ToLower(pin))).
			WithHint("it is another bundle, or somebody changed it: ask who made it", "这是另一个离线包，或已被改动：请向制作者核实")
	}
	m, err := ParseManifest(data)
	if err != nil {
		return err
	}
	b.Manifest = *m
	for _, f := range m.Files {
		if err := checkFile(ctx, root, f); err != nil {
			return err
		}
	}
	for _, dir := range []string{binDir, sdkDir, modulesDir} {
		if err := noStrangers(root.FS(), dir, m.Files); err != nil {
			return err
		}
	}
	if m.Org != "" {
		b.org, err = readIn(root, orgName, maxOrg)
		i := slices.IndexFunc(m.Files, func(f File) bool { return f.Name == orgName })
		if sum := sha256.Sum256(b.org); err == nil && hex.EncodeToString(sum[:]) != m.Files[i].SHA256 {
			err = bad(msg.Errorf("%s changes while it is read", "%s 在读取时发生变化", orgName))
		}
	}
	return err
}

// readIn reads a regular file that is not too large.
func readIn(root *os.Root, name string, limit int64) ([]byte, error) {
	fi, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() || fi.Size() > limit {
		return nil, bad(msg.Errorf("%s is no regular file, or far too large", "%s 不是普通文件，或过大", name))
	}
	return root.ReadFile(name)
}

func checkFile(ctx context.Context, root *os.Root, want File) error {
	damaged := func(why error) error {
		return bad(msg.Errorf("%s: %w", "%s：%w", want.Name, why)).
			WithHint("it was damaged on the way, or changed: copy it again", "它在途中损坏或被改动：请重新复制")
	}
	if err := archive.Holds(ctx, root, want.Name, want.Size, want.SHA256); ctx.Err() != nil {
		return context.Cause(ctx)
	} else if err != nil {
		return damaged(err)
	}
	return nil
}

// noStrangers refuses what the manifest does not list where it would be used.
func noStrangers(files fs.FS, dir string, known []File) error {
	return fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == dir && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		if d.IsDir() {
			return nil
		}
		_, ok := slices.BinarySearchFunc(known, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
		if !ok {
			return bad(msg.Errorf("%s is not in %s", "%s 不在 %s 中", name, ManifestName)).
				WithHint("remove it, or copy the bundle again", "请删除它，或重新复制离线包")
		}
		return nil
	})
}

// Close removes what a tar was unpacked to. A folder is left as it is.
func (b *Bundle) Close() error {
	if b.work == nil {
		return nil
	}
	return b.work.Close()
}

// Path is where a file of the bundle lies, by its name in the manifest.
func (b *Bundle) Path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// SDKDir is for fetch.Options.Dir.
func (b *Bundle) SDKDir() string { return b.Path(sdkDir) }

// SDK is the SDK of a platform; the first one, where there are several versions.
func (b *Bundle) SDK(goos, goarch string) (SDK, bool) {
	i := slices.IndexFunc(b.SDKs, func(s SDK) bool { return s.Platform == goos+"/"+goarch })
	if i < 0 {
		return SDK{}, false
	}
	return b.SDKs[i], true
}

// Proof is the checksum database as go.proof holds it, for fetch.Options.Proof; nil
// without one. key is that of the database; "" = the public one.
func (b *Bundle) Proof(ctx context.Context, key string) (gosdk.Log, error) {
	if b.Manifest.Proof == "" {
		return nil, nil //nolint:nilnil // a bundle may have none
	}
	return proofLog(ctx, b.Path(proofName), key)
}

func proofLog(ctx context.Context, name, key string) (gosdk.Log, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, msg.Errorf("read the proof: %w", "读取证明：%w", err)
	}
	p, err := gosdk.OpenProof(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, msg.Errorf("read the proof %s: %w", "读取证明 %s：%w", name, err)
	}
	return gosdk.NewLog(key, p.ReadRemote)
}

// Proxy is a value for GOPROXY that gives the tools and all they need, the checksum
// database's answers included: GOSUMDB stays as it is. "" = there are no tools.
func (b *Bundle) Proxy() string {
	if b.Modules == "" {
		return ""
	}
	return fileURL(b.Path(modulesDir))
}

// fileURL is the form that the go command understands on every system.
func fileURL(dir string) string {
	p := filepath.ToSlash(dir)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/…
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// Org is yingzao.yaml as it was when its sum was checked; nil = there is none.
func (b *Bundle) Org() []byte { return b.org }

var _ io.Closer = (*Bundle)(nil)
