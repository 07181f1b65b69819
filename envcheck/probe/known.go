package probe

// KnownMirrors are public mirrors in mainland China that carry modules and, as
// far as is known, the checksum database; as of November 2026. A probe tells
// whether they still do.
func KnownMirrors() []string {
	return []string{"https://goproxy.cn", "https://mirrors.aliyun.com/goproxy/", "https://mirrors.cloud.tencent.com/go/"}
}
