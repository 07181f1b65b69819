package bootstrap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Voucher is why an organisation's file is believed. The zero value vouches for
// nothing, which does for a path, the user's own, and not for a URL.
type Voucher struct {
	// SHA256 is what the file must have, in hex. "" = not asked for.
	SHA256 string
	// Verify checks the signature that lies beside the file. nil = not asked for.
	Verify func(data, signature []byte) error
	// Suffix is what the signature's name has behind the file's, e.g. ".minisig".
	Suffix string
}

// LoadOrg reads an organisation's file. from is a path or a URL; whatever the
// voucher asks for a path is held to as well. A nil client means that no network may
// be used.
func LoadOrg(ctx context.Context, from string, why Voucher, client *http.Client) (*Org, error) {
	if why.SHA256 != "" && !isSum(why.SHA256) {
		return nil, msg.Errorf("read %s: --org-sha256 is 64 hex digits", "读取 %s：--org-sha256 为 64 位十六进制数", httpx.Redact(from)).WithKind(msg.Usage)
	}
	u, err := url.Parse(from)
	remote := err == nil && (u.Scheme == "https" || u.Scheme == "http")
	switch {
	case remote && why.SHA256 == "" && why.Verify == nil:
		return nil, msg.Errorf("read %s: nobody vouches for it: this file decides where code comes from, and https alone says nothing about who wrote it", "读取 %s：无人为其作保：该文件决定代码的来源，仅凭 https 无法得知作者", httpx.RedactURL(u)).WithKind(msg.Usage).
			WithHint("add --org-sha256 SUM or --org-key KEY (minisign or SM2), from a colleague, not from the same server", "请加上 --org-sha256 校验和或 --org-key 公钥（minisign 或 SM2），并从同事处而不是同一服务器取得")
	case remote && client == nil:
		return nil, msg.Errorf("read %s: no network may be used", "读取 %s：不允许使用网络", httpx.RedactURL(u)).WithKind(msg.Usage).
			WithHint("bring the file and name its path", "请带来该文件并指定其路径")
	}
	read := func(suffix string) ([]byte, error) {
		if !remote {
			return os.ReadFile(strings.TrimPrefix(from, "file://") + suffix)
		}
		v := *u
		v.Path += suffix
		return download(ctx, client, &v)
	}
	data, err := read("")
	if err != nil {
		return nil, msg.Errorf("read the organisation's file: %w", "读取组织配置文件：%w", err)
	}
	if got := sha256.Sum256(data); why.SHA256 != "" && !strings.EqualFold(hex.EncodeToString(got[:]), why.SHA256) {
		return nil, msg.Errorf("read %s: its SHA-256 is %s, not %s", "读取 %s：其 SHA-256 为 %s，而不是 %s", httpx.Redact(from), hex.EncodeToString(got[:]), why.SHA256).WithKind(msg.Findings).
			WithHint("it is another version of the file, or not the file at all: ask who gave you the sum", "文件已更新，或根本不是该文件：请向提供校验和的人确认")
	}
	if why.Verify != nil {
		signature, err := read(why.Suffix)
		if err != nil {
			return nil, msg.Errorf("read the signature of the organisation's file: %w", "读取组织配置文件的签名：%w", err).
				WithHint("it lies beside the file and is called FILE%s; yingzao release sign makes it", "签名与文件同处，名为 FILE%s；由 yingzao release sign 生成", why.Suffix)
		}
		if err := why.Verify(data, signature); err != nil {
			return nil, msg.Errorf("read %s: %w", "读取 %s：%w", httpx.Redact(from), err).WithKind(msg.Findings).
				WithHint("the file was changed, or another key signed it: ask who gave you the key", "文件被改动，或由其他密钥签名：请向提供公钥的人确认")
		}
	}
	o, err := ParseOrg(filepath.Base(from), data)
	if err != nil || o.CA == "" || strings.Contains(o.CA, "-----BEGIN") {
		return o, err
	}
	if remote || why.SHA256 != "" || why.Verify != nil {
		return nil, msg.Errorf("%s: bootstrap.ca: a file that came over the network, or is vouched for, has its certificate inside: neither sum nor signature covers one beside it", "%s：bootstrap.ca：经网络取得或已作保的文件须内含证书：校验和与签名均不涵盖其旁的证书", filepath.Base(from)).WithKind(msg.Usage).
			WithHint("write ca: | and the PEM text below it", "请写 ca: |，并在其下写入 PEM 文本")
	}
	pem, err := os.ReadFile(filepath.Join(filepath.Dir(strings.TrimPrefix(from, "file://")), filepath.FromSlash(o.CA)))
	if err != nil {
		return nil, msg.Errorf("read bootstrap.ca: %w", "读取 bootstrap.ca：%w", err).WithKind(msg.Usage)
	}
	o.CA = string(pem)
	return o, nil
}

func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

func download(ctx context.Context, client *http.Client, u *url.URL) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, httpx.Error(err)
	}
	a, err := httpx.Do(client, r)
	if err != nil {
		return nil, tlsHint(err)
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, msg.Errorf("%s answers %d", "%s 返回 %d", httpx.RedactURL(u), a.StatusCode).WithKind(msg.Incomplete)
	}
	return httpx.ReadAll(ctx, a.Body, yamlfile.MaxSize)
}
