package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// bucket is an object store as people describe it: the keys of the stanza that
// Chinese articles publish, and of GoReleaser's blobs.
type bucket struct {
	Provider, Bucket, Region, Folder, Endpoint string
	PathStyle                                  bool
}

// url writes the bucket as package store reads it. The folder may hold
// templates; the project and version at its end are left out, because every
// store adds them.
func (b bucket) url() (string, error) {
	if b.Bucket == "" {
		return "", msg.Errorf("the bucket is missing", "缺少 bucket").WithKind(msg.Usage)
	}
	prefix := trimLayout(b.Folder)
	for _, field := range []string{".Version", ".Tag", ".RawVersion", ".Commit", ".ShortCommit", ".FullCommit", ".Date", ".Timestamp"} {
		if slices.Contains(fieldsOf(prefix), field[1:]) {
			return "", msg.Errorf("the folder %q differs from version to version", "目录 %q 随版本变化", b.Folder).
				WithHint("the project and the version are added by themselves: PREFIX/PROJECT/VERSION/…", "项目和版本会自动加上：前缀/项目/版本/…").WithKind(msg.Usage)
		}
	}
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	switch b.Provider {
	case "oss":
		set("region", strings.TrimPrefix(b.Region, "oss-")) // oss-cn-hangzhou is the endpoint's first label
		set("endpoint", b.Endpoint)
	case "cos":
		set("region", strings.TrimPrefix(b.Region, "cos."))
		set("domain", b.Endpoint)
	case "s3":
		set("region", b.Region)
		set("endpoint", b.Endpoint)
		if b.PathStyle {
			q.Set("path", "1")
		}
	default:
		return "", msg.Errorf("unknown provider %q", "未知的 provider %q", b.Provider).
			WithHint("use oss, cos or s3", "可用 oss、cos 或 s3").WithKind(msg.Usage)
	}
	u := b.Provider + "://" + b.Bucket
	if prefix != "" {
		u += "/" + prefix
	}
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	return u, nil
}

// trimLayout takes the project and version off the end of a folder.
func trimLayout(folder string) string {
	parts := strings.Split(strings.Trim(folder, "/"), "/")
	for len(parts) > 0 {
		last := strings.ReplaceAll(parts[len(parts)-1], " ", "")
		if !slices.Contains([]string{"", "{{.Version}}", "v{{.Version}}", "{{.Tag}}", "{{.ProjectName}}"}, last) {
			break
		}
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "/")
}

// fieldsOf are the fields that a template mentions.
func fieldsOf(text string) []string {
	var names []string
	uses, _, _ := scan(text)
	for _, u := range uses {
		if u.kind == useField {
			names = append(names, u.name)
		}
	}
	return names
}
