package publish

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// plainURL is what a public address may consist of, so that it can stand in a
// shell script and on a page as it is. An IPv6 address needs its brackets.
var plainURL = lazyre.New(`^https?://(\[[0-9A-Fa-f:.]+\](:[0-9]+)?|[\w.:-]+)(/[\w.~:/%@+=,-]*)?$`)

// publicURL checks an address that everybody may see: http or https, without
// user, query and fragment, since those may be secrets.
func publicURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err == nil {
		u.User, u.RawQuery, u.Fragment = nil, "", "" // not into the error
	}
	switch {
	case err != nil:
		return "", msg.Errorf("public address: it is not a URL", "公开地址：不是有效的 URL").WithKind(msg.Usage)
	case strings.ContainsAny(raw, "@?#") && u.String() != raw:
		return "", msg.Errorf("public address %s: it has a user, a query or a fragment", "公开地址 %s：含有用户名、查询参数或片段", u).WithKind(msg.Usage).
			WithHint("it will stand on the download page for everybody to read; give it without", "它会公开显示在下载页面上；请去掉这些部分")
	case !plainURL.Re().MatchString(raw):
		return "", msg.Errorf("public address %s: it is not a plain http or https URL", "公开地址 %s：不是普通的 http 或 https URL", u).WithKind(msg.Usage).
			WithHint("for example https://dl.example.cn/tools; other characters have to be percent-encoded", "例如 https://dl.example.cn/tools；其他字符须作百分号编码")
	}
	return strings.TrimRight(raw, "/"), nil
}

// PublicURLs checks and cleans the addresses in the options, as [Publish] does:
// plain http or https, nothing that could be a secret. What is said twice counts
// once.
func (o Options) PublicURLs() (Options, error) {
	var err error
	if o.BaseURL != "" {
		if o.BaseURL, err = publicURL(o.BaseURL); err != nil {
			return o, err
		}
	}
	if o.Mirrors == nil {
		return o, nil
	}
	all := []string{}
	for _, m := range o.Mirrors {
		if m, err = publicURL(m); err != nil {
			return o, err
		}
		if !slices.Contains(all, m) && m != o.BaseURL {
			all = append(all, m)
		}
	}
	o.Mirrors = all
	return o, nil
}

// places are the folders of the project at the public addresses, base "" when
// it is not known. What an index says that was tampered with is left out.
func (ix *Index) places() (base string, mirrors []string) {
	folder := func(raw string) string {
		u, err := publicURL(raw)
		if err != nil {
			return ""
		}
		return join(u, url.PathEscape(ix.Project))
	}
	base = folder(ix.Base)
	for _, m := range ix.Mirrors {
		if f := folder(m); f != "" && f != base && !slices.Contains(mirrors, f) {
			mirrors = append(mirrors, f)
		}
	}
	return base, mirrors
}
