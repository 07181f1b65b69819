package server

import (
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// failures are the classes of a mirror's failures as the status page says them: in
// a table, so in fewer words than an error has. The code stays beside them, in the
// title and in status.json.
var failures = map[mirror.Class]msg.Text{
	mirror.NotFound:     {EN: "not found", ZH: "不存在"},
	mirror.Denied:       {EN: "access denied", ZH: "拒绝访问"},
	mirror.Server:       {EN: "server error", ZH: "服务器错误"},
	mirror.HTML:         {EN: "a web page instead of data", ZH: "返回了网页"},
	mirror.Login:        {EN: "a login page", ZH: "跳转到登录页"},
	mirror.WrongContent: {EN: "wrong content", ZH: "内容有误"},
	mirror.Timeout:      {EN: "no answer in time", ZH: "响应超时"},
	mirror.Slow:         {EN: "too slow", ZH: "传输过慢"},
	mirror.Truncated:    {EN: "answer broke off", ZH: "响应中断"},
	mirror.Reset:        {EN: "connection closed", ZH: "连接被关闭"},
	mirror.DNS:          {EN: "name does not resolve", ZH: "域名无法解析"},
	mirror.Refused:      {EN: "nobody listens", ZH: "拒绝连接"},
	mirror.Unreachable:  {EN: "no route to it", ZH: "网络不可达"},
	mirror.Proxy:        {EN: "HTTP proxy out of reach", ZH: "无法连接 HTTP 代理"},
	mirror.ProxyDenied:  {EN: "HTTP proxy refused", ZH: "HTTP 代理拒绝"},
	mirror.Redirect:     {EN: "redirected elsewhere", ZH: "重定向未被接受"},
	mirror.Guarded:      {EN: "address not allowed", ZH: "地址不被允许"},
	mirror.TLSAuthority: {EN: "certificate not trusted", ZH: "证书不受信任"},
	mirror.TLSExpired:   {EN: "certificate expired", ZH: "证书已过期"},
	mirror.TLSNotYet:    {EN: "certificate not valid yet", ZH: "证书尚未生效"},
	mirror.TLSName:      {EN: "certificate of another name", ZH: "证书与主机名不符"},
	mirror.TLSVersion:   {EN: "no common TLS version", ZH: "TLS 版本不兼容"},
	mirror.TLSPlain:     {EN: "does not speak TLS", ZH: "端口不支持 TLS"},
	mirror.TLS:          {EN: "TLS handshake failed", ZH: "TLS 握手失败"},
	mirror.Clock:        {EN: "our clock is wrong", ZH: "本机时钟有误"},
	mirror.IPv6:         {EN: "IPv6 does not work", ZH: "IPv6 不通"},
	mirror.NoRange:      {EN: "cannot resume", ZH: "不支持续传"},
	mirror.Canceled:     {EN: "canceled", ZH: "已取消"},
	mirror.Other:        {EN: "another failure", ZH: "其他故障"},
	// The pool of mirrors has one more.
	"differs": {EN: "other bytes than before", ZH: "内容前后不一致"},
}
