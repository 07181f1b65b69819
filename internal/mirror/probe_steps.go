package mirror

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func (p *prober) pinnedMod(ctx context.Context, s *Step) error {
	rel, err := versionPath(p.pins.Module.Path, p.pins.Module.Version, ".mod")
	if err != nil {
		return err
	}
	data, a, err := p.m.readAnswer(ctx, rel, nil, maxMod)
	if err != nil {
		return err
	}
	sum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	if err != nil {
		return err
	}
	if sum != p.pins.ModSum {
		return p.m.failAs(WrongContent, rel, a, msg.Errorf("its hash is %s and not the known %s", "其哈希是 %s，而不是已知的 %s", sum, p.pins.ModSum))
	}
	s.Detail = msg.Textf("%s go.mod is genuine", "%s 的 go.mod 真实无误", p.pins.Module)
	return nil
}

func (p *prober) infoLatency(ctx context.Context, s *Step) error {
	var took []time.Duration
	for range 3 {
		begin := time.Now()
		if _, err := p.m.Info(ctx, p.pins.Module.Path, p.pins.Module.Version); err != nil {
			return err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	s.Latency = took[1]
	s.Detail = msg.Textf("three answers within %v to %v", "三次响应耗时 %v 至 %v", took[0].Round(time.Millisecond), took[2].Round(time.Millisecond))
	return nil
}

func (p *prober) oldInList(ctx context.Context, s *Step) error {
	list, err := p.m.List(ctx, p.pins.Module.Path)
	if err != nil {
		return err
	}
	if !slices.Contains(list, p.pins.Module.Version) {
		rel, _ := modulePath(p.pins.Module.Path, "/@v/list")
		return p.m.wrong(rel, msg.Errorf("%s is not among the %d versions", "%s 不在所列的 %d 个版本之中", p.pins.Module.Version, len(list)))
	}
	s.Detail = msg.Textf("%d versions of %s", "%[2]s 共 %[1]d 个版本", len(list), p.pins.Module.Path)
	return nil
}

// zipPart is how much of a zip M4 reads.
const zipPart = 64 << 10

func (p *prober) zipRange(ctx context.Context, s *Step) error {
	rel, err := versionPath(p.pins.Zip.Path, p.pins.Zip.Version, ".zip")
	if err != nil {
		return err
	}
	begin := time.Now()
	a, err := p.m.Open(ctx, http.MethodGet, rel, http.Header{"Range": {fmt.Sprintf("bytes=0-%d", zipPart-1)}})
	if err != nil {
		return err
	}
	data, err := httpx.ReadAll(ctx, a.Body, zipPart)
	var more *httpx.TooLargeError // a 200 goes on, and the rest is of no interest
	if err != nil && !errors.As(err, &more) {
		e := p.m.fail(rel, a, err)
		if e.Class == Timeout && len(data) > 0 {
			e = p.m.failAs(Slow, rel, a, err)
		}
		return e
	}
	switch {
	case IsPage(data):
		return p.m.Page(rel, a)
	case !bytes.HasPrefix(data, []byte("PK")):
		return p.m.failAs(WrongContent, rel, a, msg.Errorf("not a zip file", "不是 zip 文件"))
	}
	rate := int64(float64(len(data)) / time.Since(begin).Seconds())
	p.figure(func(r *Report) { r.BytesPerSecond, r.Ranges = rate, a.StatusCode == http.StatusPartialContent })
	if a.StatusCode != http.StatusPartialContent {
		return p.m.failAs(NoRange, rel, a, msg.Errorf("the whole file came instead of the part asked for: downloads cannot be resumed", "返回了整个文件而不是所请求的部分：下载无法续传"))
	}
	s.Detail = msg.Textf("%d bytes at %d KiB/s", "%d 字节，速度 %d KiB/s", len(data), rate>>10)
	return nil
}

func (p *prober) absent(ctx context.Context, s *Step) error {
	_, err := p.m.Mod(ctx, p.pins.Absent.Path, p.pins.Absent.Version)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Class == NotFound:
		s.Detail = msg.Textf("status %d, so that a comma in GOPROXY moves on", "状态码 %d，GOPROXY 中的逗号会转向下一项", e.Status)
		return nil
	case err != nil:
		return err
	}
	rel, _ := versionPath(p.pins.Absent.Path, p.pins.Absent.Version, ".mod")
	return p.m.wrong(rel, msg.Errorf("something came for a module that does not exist", "对不存在的模块返回了内容"))
}

func (p *prober) sumHead(ctx context.Context, s *Step) error {
	if _, err := p.m.SumDB(ctx, p.db.Name(), "/supported"); err != nil {
		return err
	}
	tree, err := p.db.Latest(ctx)
	if err != nil {
		return err
	}
	p.figure(func(r *Report) { r.TreeSize = tree.N })
	s.Detail = msg.Textf("%s has %d records, signature checked", "%s 共 %d 条记录，签名已验证", p.db.Name(), tree.N)
	return nil
}

func (p *prober) sumProof(ctx context.Context, s *Step) error {
	p.mu.Lock()
	head := p.report.Steps[5]
	p.mu.Unlock()
	if head.Status == StatusFailed {
		s.Detail = msg.Textf("the mirror's checksum database failed in M6", "镜像的校验数据库在 M6 中已失败")
		return errSkip
	}
	sums, err := p.db.Lookup(ctx, p.pins.Module.Path, p.pins.Module.Version)
	if err != nil {
		return err
	}
	if sums.Zip != p.pins.ZipSum || sums.Mod != p.pins.ModSum {
		return p.db.p.unproven(p.pins.Module.String(), errors.New("the proven record differs from the pinned hashes"))
	}
	s.Detail = msg.Textf("the record of %s is proven to be in the signed tree", "已证明 %s 的记录在签名树之中", p.pins.Module)
	return nil
}

func (p *prober) toolchain(ctx context.Context, s *Step) error {
	m := module.Version{Path: "golang.org/toolchain", Version: "v0.0.1-go" + p.Toolchain + "." + p.GOOS + "-" + p.GOARCH}
	rel, err := versionPath(m.Path, m.Version, ".zip")
	if err != nil {
		return err
	}
	a, err := p.m.Open(ctx, http.MethodHead, rel, nil)
	if err != nil {
		return err
	}
	_ = a.Body.Close()
	// There is no body to judge by, only its label.
	if kind, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type")); kind == "text/html" {
		return p.m.Page(rel, a)
	}
	s.Detail = msg.Textf("go%s for %s/%s, %d MB", "go%s（%s/%s），%d MB", p.Toolchain, p.GOOS, p.GOARCH, max(a.ContentLength, 0)/1e6)
	return nil
}

// maxSkew is how wrong a clock may be: beyond it object stores refuse
// signatures, and certificates fail.
const maxSkew = 5 * time.Minute

func (p *prober) tlsAndClock(ctx context.Context, s *Step) error {
	rel, err := versionPath(p.pins.Module.Path, p.pins.Module.Version, ".mod")
	if err != nil {
		return err
	}
	begin := time.Now()
	// Any answer has the facts, an unfriendly one too.
	a, err := p.m.Open(ctx, http.MethodGet, rel, nil)
	var e *Error
	switch {
	case err == nil:
		_ = a.Body.Close()
	case errors.As(err, &e) && e.answer != nil:
		a = e.answer
	default:
		return err
	}
	secure := msg.Textf("no TLS", "没有 TLS")
	if a.TLS != nil && len(a.TLS.PeerCertificates) > 0 {
		cert := a.TLS.PeerCertificates[0]
		version := tls.VersionName(a.TLS.Version)
		p.figure(func(r *Report) { r.TLSVersion, r.Issuer, r.CertEnds = version, cert.Issuer.String(), cert.NotAfter })
		secure = msg.Textf("%s, certificate until %s by %s", "%s，证书有效期至 %s，签发者 %s", version, cert.NotAfter.Format(time.DateOnly), cert.Issuer)
	}
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		s.Detail = msg.Textf("%v; no date in the answer", "%v；响应中没有日期", secure)
		return nil
	}
	if age, err := strconv.Atoi(a.Header.Get("Age")); err == nil {
		date = date.Add(time.Duration(age) * time.Second) // a cache keeps the date of the original
	}
	skew := p.Now().Add(-time.Since(begin) / 2).Sub(date).Round(time.Second)
	p.figure(func(r *Report) { r.Skew = skew })
	if skew.Abs() > maxSkew {
		return p.m.failAs(Clock, rel, a, msg.Errorf("the local clock differs from the server's by %v", "本机时钟与服务器相差 %v", skew))
	}
	s.Detail = msg.Textf("%v; clock within %v", "%v；时钟偏差在 %v 以内", secure, skew.Abs())
	return nil
}

func databaseName(key string) (string, error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return "", msg.Errorf("read checksum database key: %w", "读取校验数据库的公钥：%w", err)
	}
	return v.Name(), nil
}
