package rules

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var net013 = envcheck.Rule{
	Code:     "NET013",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "The password in a proxy address holds characters that must be escaped", ZH: "代理地址里的密码含有必须转义的字符"},
	Why: msg.Text{
		EN: "A # ? / % or space in the name or password ends the address early. Go then takes what stands before it for the host, and dials a machine that is not the proxy: part of the password appears in name look-ups and in error messages.",
		ZH: "用户名或密码中的 #、?、/、% 或空格会使地址提前结束。Go 会把前面的部分当成主机名，去连接一台并不是代理的机器：密码的一部分会出现在域名查询和报错信息里。",
	},
	Fix:    msg.Text{EN: "Write the character as % and two hexadecimal digits: # is %23, ? is %3F, / is %2F, @ is %40, % is %25.", ZH: "把该字符写成 % 加两位十六进制数：# 写作 %23，? 写作 %3F，/ 写作 %2F，@ 写作 %40，% 写作 %25。"},
	Before: "export HTTPS_PROXY='http://li:pa#ss@proxy.corp.example:3128'",
	After:  "export HTTPS_PROXY='http://li:pa%23ss@proxy.corp.example:3128'",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		var out []envcheck.Finding
		for _, s := range v.SettingsOf(proxyKeys...) {
			if !userinfoBroken(s.Value) {
				continue
			}
			out = append(out, envcheck.Finding{
				Subject: s.Key, Where: s.Place, Evidence: proxyEvidence(s),
				Message: msg.Textf("the name or password in %s holds a character that must be escaped", "%s 的用户名或密码中有必须转义的字符", s.Key),
				Fix:     v.FixSet(s, escapeUserinfo(s.Value), false),
			})
		}
		return out
	},
}

// escapeUserinfo writes name and password as a URL wants them, taking what is
// there for the plain text.
func escapeUserinfo(value string) string {
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		scheme, rest = "http", value
	}
	at := strings.LastIndex(rest, "@")
	name, password, _ := strings.Cut(rest[:at], ":")
	return scheme + "://" + url.UserPassword(name, password).String() + rest[at:]
}
