package cred

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// metadata is how a cloud hands keys to its own servers.
type metadata struct {
	url        string // without the path
	roles      string // lists the role's name, and below it are its keys
	session    string // answers PUT with a token for the other calls; "" for none
	ttl, token string // headers: its life in seconds, and the token itself
}

func metadataOf(c Cloud) metadata {
	switch c {
	case Aliyun:
		return metadata{"http://100.100.100.200", "/latest/meta-data/ram/security-credentials/", "/latest/api/token", "X-aliyun-ecs-metadata-token-ttl-seconds", "X-aliyun-ecs-metadata-token"}
	case Tencent:
		return metadata{"http://metadata.tencentyun.com", "/latest/meta-data/cam/security-credentials/", "", "", ""}
	}
	return metadata{"http://169.254.169.254", "/latest/meta-data/iam/security-credentials/", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "X-aws-ec2-metadata-token"}
}

func (f *finder) instance() (*provider, error) {
	if !f.InstanceRole {
		return nil, nil
	}
	m := metadataOf(f.Cloud)
	m.url = cmp.Or(strings.TrimSuffix(f.Metadata, "/"), m.url)
	return &provider{source: "instance role", fetch: func(ctx context.Context) (Keys, error) {
		k, err := f.fromInstance(ctx, m)
		if err != nil {
			return Keys{}, msg.Errorf("ask this server for its role's keys: %w", "向本机元数据服务获取角色密钥：%w", err).
				WithHint("this works only on a cloud server with a role attached to it", "仅在绑定了角色的云服务器上可用")
		}
		return k, nil
	}}, nil
}

func (f *finder) fromInstance(ctx context.Context, m metadata) (Keys, error) {
	o := f.HTTP
	o.Proxy, o.Guard, o.MaxRedirects, o.Connect, o.FirstByte = nil, nil, -1, 2*time.Second, 5*time.Second
	client := httpx.New(o)
	defer client.CloseIdleConnections()
	token := ""
	get := func(method, path string) (string, error) {
		r, err := http.NewRequestWithContext(ctx, method, m.url+path, nil)
		if err != nil {
			return "", httpx.Error(err)
		}
		switch {
		case method == http.MethodPut:
			r.Header.Set(m.ttl, "600")
		case token != "":
			r.Header.Set(m.token, token)
		}
		resp, err := httpx.Do(client, r)
		if err != nil {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			return "", msg.Errorf("%w: %w", "%w：%w", store.ErrTransient, err)
		}
		body, err := httpx.ReadAll(ctx, resp.Body, maxFile)
		if err == nil && resp.StatusCode != http.StatusOK {
			err = msg.Errorf("%w: status %d at %s", "%w：%[3]s 返回状态码 %[2]d", store.ErrDenied, resp.StatusCode, path)
		}
		return strings.TrimSpace(string(body)), err
	}
	var err error
	if m.session != "" {
		// Older servers know no session; the calls below then say what is wrong.
		if token, err = get(http.MethodPut, m.session); err != nil {
			token = ""
		}
	}
	role, err := get(http.MethodGet, m.roles)
	if err != nil {
		return Keys{}, err
	}
	role, _, _ = strings.Cut(role, "\n")
	text, err := get(http.MethodGet, m.roles+url.PathEscape(strings.TrimSpace(role)))
	if err != nil {
		return Keys{}, err
	}
	sections, _, ok := parse([]byte(text))
	if !ok || len(sections) != 1 {
		return Keys{}, msg.Errorf("%w: the answer holds no keys", "%w：返回内容中没有密钥", store.ErrDenied)
	}
	got, err := sections[0].keys()
	if err == nil && got.keys == nil {
		err = msg.Errorf("%w: the answer holds no keys", "%w：返回内容中没有密钥", store.ErrDenied)
	}
	if err != nil {
		return Keys{}, err
	}
	return *got.keys, nil
}
