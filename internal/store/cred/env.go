package cred

import (
	"context"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// group is one set of variables that belong together; where there are several
// names for the same thing, the first that is set counts.
type group struct {
	id, secret, token []string
}

// groups are in the order in which they are asked. The first two Aliyun ones
// are those of the official libraries; ALICLOUD_* circulates in articles and
// Terraform files.
func groups(c Cloud) []group {
	switch c {
	case Aliyun:
		return []group{
			{[]string{"ALIBABA_CLOUD_ACCESS_KEY_ID"}, []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET"}, []string{"ALIBABA_CLOUD_SECURITY_TOKEN"}},
			{[]string{"OSS_ACCESS_KEY_ID"}, []string{"OSS_ACCESS_KEY_SECRET"}, []string{"OSS_SESSION_TOKEN", "OSS_SECURITY_TOKEN"}},
			{
				[]string{"ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"}, []string{"ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY"},
				[]string{"ALICLOUD_SECURITY_TOKEN"},
			},
		}
	case Tencent:
		return []group{
			{
				[]string{"TENCENTCLOUD_SECRET_ID"}, []string{"TENCENTCLOUD_SECRET_KEY"},
				[]string{"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"},
			},
			{
				[]string{"COS_SECRETID", "COS_SECRET_ID"}, []string{"COS_SECRETKEY", "COS_SECRET_KEY"},
				[]string{"COS_SESSIONTOKEN", "COS_SESSION_TOKEN", "COS_TOKEN"},
			},
		}
	}
	return []group{
		{[]string{"AWS_ACCESS_KEY_ID"}, []string{"AWS_SECRET_ACCESS_KEY"}, []string{"AWS_SESSION_TOKEN"}},
		{[]string{"MINIO_ACCESS_KEY"}, []string{"MINIO_SECRET_KEY"}, []string{"MINIO_SESSION_TOKEN"}},
		{[]string{"OBS_ACCESS_KEY_ID"}, []string{"OBS_SECRET_ACCESS_KEY"}, []string{"OBS_SECURITY_TOKEN"}},
	}
}

func (f *finder) variables() (*provider, error) {
	k, name, err := fromGroups(f.Cloud, f.env)
	if err != nil || name == "" {
		return nil, err
	}
	return &provider{source: "environment " + name, fetch: always(k)}, nil
}

// fromGroups returns the first set that is complete, and the name of its ID.
func fromGroups(c Cloud, env map[string]string) (Keys, string, error) {
	for _, g := range groups(c) {
		id, secret, token := firstSet(env, g.id), firstSet(env, g.secret), firstSet(env, g.token)
		switch {
		case id != "" && secret != "":
			return Keys{ID: env[id], Secret: env[secret], Token: env[token]}, id, nil
		case id != "" || secret != "" || token != "":
			set, missing := strings.Join(without(id, secret, token), ", "), g.id[0]
			if id != "" {
				missing = g.secret[0]
			}
			return Keys{}, "", halfSet(set, missing)
		}
	}
	return Keys{}, "", nil
}

func halfSet(set, missing string) error {
	return msg.Errorf("read credentials: %s is set, but %s is not", "读取凭据：设置了 %s，但缺少 %s", set, missing).
		WithHint("set %s, or unset the other; in CI, a protected or masked variable may be missing on this branch", "请设置 %s，或取消另一个；在 CI 中，受保护的变量可能对当前分支不可见", missing).
		WithKind(msg.Usage)
}

func firstSet(env map[string]string, names []string) string {
	for _, n := range names {
		if env[n] != "" {
			return n
		}
	}
	return ""
}

// without drops empty names.
func without(names ...string) []string {
	return slices.DeleteFunc(names, func(s string) bool { return s == "" })
}

func always(k Keys) func(context.Context) (Keys, error) {
	return func(context.Context) (Keys, error) { return k, nil }
}
