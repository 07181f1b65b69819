package publish

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// pageSigned is how the page tells about signatures.
type pageSigned struct {
	ID, Text string
	Title    msg.Text
}

// pageSidecar is a file beside the manifest, for a link.
type pageSidecar struct{ Name, URL string }

// signedOnPage are the commands that check a version's signatures. The key itself
// is not offered: from the same place it would prove nothing.
func signedOnPage(e Entry, f pageFile) []pageSigned {
	var out []pageSigned
	name := shWord(f.Name)
	if slices.Contains(e.Sidecars, manifest.SumsName+minisigSuffix) {
		title := msg.Text{EN: "Check the signature with minisign", ZH: "用 minisign 校验签名"}
		if len(e.Signers) > 0 {
			ids := strings.Join(e.Signers, ", ")
			title = msg.Textf("Check the signature with minisign, key %s", "用 minisign 校验签名，密钥 %s", ids)
		}
		out = append(out, pageSigned{ID: "minisign", Title: title, Text: "minisign -Vm SHA256SUMS -P PUBLIC_KEY && sha256sum -c --ignore-missing SHA256SUMS"},
			pageSigned{ID: "yingzao", Title: msg.Text{EN: "The same with yingzao, which remembers what it has seen and refuses older releases", ZH: "用 yingzao 校验，它会记住已校验的版本并拒绝更旧的发布"}, Text: "yingzao release verify " + name + " --key PUBLIC_KEY"})
	}
	if slices.Contains(e.Sidecars, manifest.SM3SumsName+".sm2sig") {
		out = append(out, pageSigned{ID: "openssl", Title: msg.Text{EN: "Check the SM2 signature with openssl; without -sigopt it fails", ZH: "用 openssl 校验 SM2 签名；缺少 -sigopt 会失败"},
			Text: "openssl dgst -sm3 -verify PUBLIC_KEY.pem -signature SM3SUMS.sm2sig -sigopt distid:1234567812345678 SM3SUMS"})
	}
	return out
}

func sidecarsOnPage(folder string, names []string) []pageSidecar {
	var out []pageSidecar
	for _, n := range names {
		out = append(out, pageSidecar{n, folder + "/" + url.PathEscape(n)})
	}
	return out
}
