package bootstrap

import (
	"bytes"
	"context"
	"errors"
	"go/version"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// Bundle is a folder that crossed an air gap: SDKs and their proof below sdk,
// modules as a mirror has them below modules, and an organisation's file.
type Bundle struct {
	Dir string
	// Go is the newest version below sdk for this platform; "" = none is there.
	Go string

	temp *workdir.Dir
}

// OrgFile is the organisation's file in a bundle.
const OrgFile = "yingzao.yaml"

// bundleLimits let a bundle be as large as bundles are.
var bundleLimits = archive.Limits{Entries: 500_000, Total: 64 << 30, File: 8 << 30}

// OpenBundle opens a folder, or unpacks a tar of one for as long as it is open.
// The caller closes it.
func OpenBundle(ctx context.Context, path string) (*Bundle, error) {
	b := &Bundle{Dir: path}
	info, err := os.Stat(path)
	if err != nil {
		return nil, msg.Errorf("open the bundle: %w", "打开 bundle：%w", err).WithKind(msg.Usage)
	}
	if !info.IsDir() {
		if b.temp, err = workdir.New(""); err != nil {
			return nil, err
		}
		if b.Dir, err = unpack(ctx, path, filepath.Join(b.temp.Path(), "bundle")); err != nil {
			_ = b.Close()
			return nil, msg.Errorf("open the bundle %s: %w", "打开 bundle %s：%w", path, err)
		}
	}
	if !exists(filepath.Join(b.Dir, "bundle.json")) {
		_ = b.Close()
		return nil, msg.Errorf("open the bundle %s: there is no bundle.json in it", "打开 bundle %s：其中没有 bundle.json", path).WithKind(msg.Usage).
			WithHint("name the folder or the tar that yingzao bootstrap bundle made", "请指定 yingzao bootstrap bundle 生成的目录或 tar 文件")
	}
	b.Go = b.newest(runtime.GOOS, runtime.GOARCH)
	return b, nil
}

func unpack(ctx context.Context, path, to string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	format := archive.Tar
	for _, c := range []archive.Format{archive.TarGz, archive.TarZst, archive.TarXz, archive.Zip} {
		if strings.HasSuffix(path, c.Ext()) {
			format = c
		}
	}
	if err := archive.Extract(ctx, f, format, to, bundleLimits); err != nil {
		return "", err
	}
	// A tar of a folder has the folder in it.
	if entries, err := os.ReadDir(to); err == nil && len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(to, entries[0].Name()), nil
	}
	return to, nil
}

// Close removes what was unpacked.
func (b *Bundle) Close() error {
	if b.temp == nil {
		return nil
	}
	return b.temp.Close()
}

// SDKs is the folder of the SDKs.
func (b *Bundle) SDKs() string { return filepath.Join(b.Dir, "sdk") }

// Org is the path of the organisation's file; "" = there is none.
func (b *Bundle) Org() string {
	if path := filepath.Join(b.Dir, OrgFile); exists(path) {
		return path
	}
	return ""
}

var sdkName = lazyre.New(`^(?:v0\.0\.1-)?(go[0-9][0-9a-z.]*)\.([a-z0-9]+)-([a-z0-9]+)(?:\.zip|\.tar\.gz)?$`)

func (b *Bundle) newest(goos, goarch string) (v string) {
	entries, _ := os.ReadDir(b.SDKs())
	for _, e := range entries {
		m := sdkName.Re().FindStringSubmatch(e.Name())
		if m != nil && m[2] == goos && m[3] == goarch && (v == "" || version.Compare(m[1], "go"+v) > 0) {
			v = strings.TrimPrefix(m[1], "go")
		}
	}
	return v
}

// Proof is the bundle's go.proof as a log; nil = there is none. key is the
// checksum database's verifier key, "" = the public one's.
func (b *Bundle) Proof(ctx context.Context, key string) (gosdk.Log, error) {
	for _, name := range []string{filepath.Join(b.SDKs(), "go.proof"), filepath.Join(b.Dir, "go.proof")} {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, msg.Errorf("read the bundle's proof: %w", "读取 bundle 的证明：%w", err)
		}
		p, err := gosdk.OpenProof(ctx, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, msg.Errorf("read the bundle's proof %s: %w", "读取 bundle 的证明 %s：%w", name, err).WithKind(msg.Findings)
		}
		return gosdk.NewLog(key, p.ReadRemote)
	}
	return nil, nil
}

// serve hands out modules and the recorded answers of the checksum database on
// loopback, since the go command asks no database through a file:// mirror.
func (b *Bundle) serve(ctx context.Context) (base string, done func(), err error) {
	modules := filepath.Join(b.Dir, "modules")
	if !exists(filepath.Join(modules, "sumdb")) {
		return "", nil, msg.Errorf("the bundle has no answers of the checksum database (modules/sumdb), so nobody vouches for its modules", "bundle 中没有校验数据库的应答（modules/sumdb），无人为其中的模块作保").WithKind(msg.Incomplete)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	files := http.FileServer(http.Dir(modules))
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/sumdb/") && strings.HasSuffix(r.URL.Path, "/supported") {
			return // 200: the database is here
		}
		files.ServeHTTP(w, r)
	})}
	ended := make(chan struct{})
	go func() { _ = srv.Serve(l); close(ended) }()
	return "http://" + l.Addr().String(), func() { _ = srv.Close(); <-ended }, nil
}
