package bootstrap

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// SDKState is what has to be done about an SDK. The words are stable.
type SDKState string

// The states.
const (
	Keep    SDKState = "keep"    // it is there, and every byte is as it was proven
	Install SDKState = "install" // it is not there
	Replace SDKState = "replace" // it is there and was changed
)

// SDK is the Go that the desk will have.
type SDK struct {
	Version  string   `json:"version"`  // "go1.26.8"
	Platform string   `json:"platform"` // "linux/amd64"
	Dir      string   `json:"dir"`
	State    SDKState `json:"state"`
	H1       string   `json:"h1,omitempty"`     // "" = only the archive is pinned
	By       string   `json:"by"`               // a fetch.Voucher, or "installed" for one that is kept
	Source   string   `json:"source,omitempty"` // where it would come from first
	Size     int64    `json:"size,omitempty"`   // of the download, in bytes; 0 = not known

	release gosdk.Release
	abi     string
	fetch   fetch.Options
}

// planSDK says what has to be done about the SDK, and turns current to it.
func (p *Plan) planSDK(ctx context.Context) error {
	d, w := p.desk, &p.wanted
	v := strings.TrimPrefix(w.goVersion(), "go")
	s := &p.SDK
	s.release = gosdk.Release{Version: "go" + v, GOOS: d.OS, GOARCH: d.Arch}
	if err := s.release.Check(); err != nil {
		return msg.Errorf("choose the Go version %q: it is no official release since go1.21", "选择 Go 版本 %q：它不是 go1.21 以来的官方发行版", v).WithKind(msg.Usage).
			WithHint("name one with --go, such as 1.26.8", "请用 --go 指定，例如 1.26.8")
	}
	s.Version, s.Platform, s.Dir = s.release.Version, d.OS+"/"+d.Arch, d.join("go", s.release.Version)
	if d.Arch == "loong64" && d.Snapshot.Machine.LoongWorld == "old" {
		s.abi = "abi1.0"
		s.Platform += "-" + s.abi
	}
	if err := p.refuseDowngrade(); err != nil {
		return err
	}
	if err := p.planFetch(ctx); err != nil {
		return err
	}
	if err := p.compareSDK(ctx); err != nil {
		return err
	}
	if isWindows() {
		return nil // the registry's PATH names the version
	}
	link, err := mend.ReadLink(d.join("go", "current"))
	if err != nil {
		return err
	}
	link.After, link.Codes = []byte(s.Version), []string{"go"}
	p.files.Add(link, p.desk.Root)
	return nil
}

// refuseDowngrade compares with the Go that is current.
func (p *Plan) refuseDowngrade() error {
	have := p.desk.current()
	if have == "" || version.Compare(p.SDK.Version, have) >= 0 || p.wanted.AllowDowngrade {
		return nil
	}
	return msg.Errorf("install %s: this desk has %s, which is newer", "安装 %s：本机已有更新的 %s", p.SDK.Version, have).WithKind(msg.Findings).
		WithHint("an old Go comes with known holes; if it has to be, --allow-downgrade; the newer one stays beside it", "旧版 Go 存在已知漏洞；确有需要请加 --allow-downgrade；新版会保留在旁")
}

// current is the version that the desk uses of ours; "" = none.
func (d *Desk) current() string {
	to, err := os.Readlink(d.join("go", "current"))
	if isWindows() {
		to, err = d.registryGo(), nil
	}
	if err != nil || !version.IsValid(filepath.Base(to)) {
		return ""
	}
	return filepath.Base(to)
}

// planFetch fills in where the SDK comes from and who vouches.
func (p *Plan) planFetch(ctx context.Context) error {
	w, s := &p.wanted, &p.SDK
	o := w.Fetch
	o.Dir, o.Cache, o.ModCache, o.Offline, o.Client = w.SDK, p.desk.cache(), p.desk.env.Paths().ModCache, w.Offline, p.client
	if o.H1 == "" && o.SHA256 == "" {
		o.H1, o.SHA256 = w.Org.Go.H1[s.Platform], w.Org.Go.SHA256[s.Platform]
	}
	if o.H1 == "" && o.SHA256 == "" && w.Pins != nil {
		o.H1, o.SHA256 = w.Pins(s.Version, s.Platform)
	}
	if w.Org.Go.Archives != nil {
		o.Archives = w.Org.Go.Archives
	}
	var err error
	if o.Mirrors, err = goenv.ParseProxies(cmp.Or(p.env["GOPROXY"], envcheck.MirrorsCN)); err != nil {
		return msg.Errorf("read GOPROXY: %w", "读取 GOPROXY：%w", err).WithKind(msg.Usage).
			WithHint("yingzao check explains it", "yingzao check 可说明原因")
	}
	if b := w.Bundle; b != nil {
		o.Dir = cmp.Or(o.Dir, b.SDKs)
		if o.Proof == nil && b.Proof != nil {
			db, err := goenv.ParseSumDB(cmp.Or(p.env["GOSUMDB"], goenv.PublicSumDB))
			if err != nil {
				return msg.Errorf("read GOSUMDB: %w", "读取 GOSUMDB：%w", err).WithKind(msg.Usage)
			}
			if o.Proof, err = b.Proof(ctx, db.Key); err != nil {
				return err
			}
		}
	}
	if o.Log == nil && !w.Offline {
		db, err := goenv.ParseSumDB(cmp.Or(p.env["GOSUMDB"], goenv.PublicSumDB))
		if err != nil {
			return msg.Errorf("read GOSUMDB: %w", "读取 GOSUMDB：%w", err).WithKind(msg.Usage).
				WithHint("yingzao check explains it", "yingzao check 可说明原因")
		}
		if o.Log, err = fetch.NewLog(fetch.LogOptions{DB: db, Mirrors: o.Mirrors, Client: p.client}); err != nil {
			return err
		}
	}
	s.fetch = o
	return nil
}

// record is what we wrote down about an SDK when it was installed.
type record struct {
	Schema int         `json:"schema"`
	H1     string      `json:"h1"`
	Proof  fetch.Proof `json:"proof"`
}

func (s *SDK) recordFile() string { return s.Dir + ".json" }

func (s *SDK) readRecord() (r record) {
	data, err := os.ReadFile(s.recordFile())
	if err != nil || json.Unmarshal(data, &r) != nil {
		return record{}
	}
	return r
}

// compareSDK decides between keeping, installing and replacing. What was proven
// once is compared with what was proven then, which takes no network.
func (p *Plan) compareSDK(ctx context.Context) error {
	s := &p.SDK
	rec := s.readRecord()
	if s.H1 = cmp.Or(s.fetch.H1, rec.H1); s.H1 != "" {
		s.By = string(fetch.PinnedH1)
	}
	_, err := os.Lstat(s.Dir)
	switch {
	case err == nil && s.H1 != "":
		same, err := s.unchanged(ctx)
		if err != nil {
			return err
		}
		if same {
			s.State, s.By = Keep, "installed"
			return nil
		}
		s.State = Replace
		p.note("changed", "%s was changed since it was proven, and will be replaced", "%s 在验证之后被改动，将被替换", s.Dir)
	case err == nil:
		s.State = Replace
		p.note("changed", "%s is there without a word about who proved it, and will be replaced", "%s 没有验证记录，将被替换", s.Dir)
	case errors.Is(err, fs.ErrNotExist):
		s.State = Install
	default:
		return msg.Errorf("look at %s: %w", "查看 %s：%w", s.Dir, err)
	}
	return p.survey(ctx)
}

// unchanged hashes the tree.
func (s *SDK) unchanged(ctx context.Context) (bool, error) {
	tree, err := gosdk.ReadTree(ctx, s.Dir, s.release)
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err != nil || tree.H1() != s.H1 || len(tree.Odd)+len(tree.Unreadable) > 0 {
		return false, nil
	}
	info, err := os.Stat(filepath.Join(s.Dir, "bin", "go"))
	return isWindows() || err == nil && info.Mode()&0o111 == 0o111, nil
}
