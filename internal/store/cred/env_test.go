package cred

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestEnvironment(t *testing.T) {
	for _, tc := range []struct {
		cloud  Cloud
		env    []string
		source string
		want   Keys
	}{
		{Aliyun, []string{"ALIBABA_CLOUD_ACCESS_KEY_ID=i", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=s"}, "environment ALIBABA_CLOUD_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s"}},
		{
			Aliyun, []string{"ALIBABA_CLOUD_ACCESS_KEY_ID=i", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=s", "ALIBABA_CLOUD_SECURITY_TOKEN=t", "OSS_ACCESS_KEY_ID=x"},
			"environment ALIBABA_CLOUD_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s", Token: "t"},
		},
		{
			Aliyun, []string{"OSS_ACCESS_KEY_ID=i", "OSS_ACCESS_KEY_SECRET=s\n", "OSS_SESSION_TOKEN=t", "ALIBABA_CLOUD_ACCESS_KEY_ID="},
			"environment OSS_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s", Token: "t"},
		},
		{Aliyun, []string{"ALICLOUD_ACCESS_KEY_ID=i", "ALICLOUD_ACCESS_KEY_SECRET=s"}, "environment ALICLOUD_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s"}},
		{Aliyun, []string{"ALICLOUD_ACCESS_KEY=i", "ALICLOUD_SECRET_KEY=s", "=C:=C:\\x"}, "environment ALICLOUD_ACCESS_KEY", Keys{ID: "i", Secret: "s"}},
		{Tencent, []string{"TENCENTCLOUD_SECRET_ID=i", "TENCENTCLOUD_SECRET_KEY=s", "TENCENTCLOUD_TOKEN=t"}, "environment TENCENTCLOUD_SECRET_ID", Keys{ID: "i", Secret: "s", Token: "t"}},
		{Tencent, []string{"COS_SECRETID=i", "COS_SECRETKEY=s", "OSS_ACCESS_KEY_ID=other"}, "environment COS_SECRETID", Keys{ID: "i", Secret: "s"}},
		{S3, []string{"AWS_ACCESS_KEY_ID=i", "AWS_SECRET_ACCESS_KEY=s", "AWS_SESSION_TOKEN=t"}, "environment AWS_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s", Token: "t"}},
		{S3, []string{"MINIO_ACCESS_KEY=i", "MINIO_SECRET_KEY=a=b"}, "environment MINIO_ACCESS_KEY", Keys{ID: "i", Secret: "a=b"}},
		{S3, []string{"OBS_ACCESS_KEY_ID=i", "OBS_SECRET_ACCESS_KEY=s", "OBS_SECURITY_TOKEN=t"}, "environment OBS_ACCESS_KEY_ID", Keys{ID: "i", Secret: "s", Token: "t"}},
	} {
		k, p := get(t, Options{Cloud: tc.cloud, Environ: tc.env})
		if k.ID != tc.want.ID || k.Secret != tc.want.Secret || k.Token != tc.want.Token || p.Source() != tc.source || p.Warnings() != nil {
			t.Errorf("%v: %q, %q, %q from %q", tc.env, k.ID, k.Secret, k.Token, p.Source())
		}
	}
}

// Every name that the package comment, the official libraries or circulating
// examples know, by itself: what stands here must stay readable.
func TestEveryName(t *testing.T) {
	for _, tc := range []struct {
		cloud             Cloud
		id, secret, token []string
	}{
		{Aliyun, []string{"ALIBABA_CLOUD_ACCESS_KEY_ID"}, []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET"}, []string{"ALIBABA_CLOUD_SECURITY_TOKEN"}},
		{Aliyun, []string{"OSS_ACCESS_KEY_ID"}, []string{"OSS_ACCESS_KEY_SECRET"}, []string{"OSS_SESSION_TOKEN", "OSS_SECURITY_TOKEN"}},
		{Aliyun, []string{"ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"}, []string{"ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY"}, []string{"ALICLOUD_SECURITY_TOKEN"}},
		{Tencent, []string{"TENCENTCLOUD_SECRET_ID"}, []string{"TENCENTCLOUD_SECRET_KEY"}, []string{"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"}},
		{Tencent, []string{"COS_SECRETID", "COS_SECRET_ID"}, []string{"COS_SECRETKEY", "COS_SECRET_KEY"}, []string{"COS_SESSIONTOKEN", "COS_SESSION_TOKEN", "COS_TOKEN"}},
		{S3, []string{"AWS_ACCESS_KEY_ID"}, []string{"AWS_SECRET_ACCESS_KEY"}, []string{"AWS_SESSION_TOKEN"}},
		{S3, []string{"MINIO_ACCESS_KEY"}, []string{"MINIO_SECRET_KEY"}, []string{"MINIO_SESSION_TOKEN"}},
		{S3, []string{"OBS_ACCESS_KEY_ID"}, []string{"OBS_SECRET_ACCESS_KEY"}, []string{"OBS_SECURITY_TOKEN"}},
	} {
		for _, id := range tc.id {
			for _, secret := range tc.secret {
				for _, token := range append(tc.token, "") {
					env := []string{id + "=i", secret + "=s", token + "=t"}
					k, p := get(t, Options{Cloud: tc.cloud, Environ: env})
					if k.ID != "i" || k.Secret != "s" || (k.Token == "t") != (token != "") || p.Source() != "environment "+id {
						t.Errorf("%v: %q, %q, %q from %q", env, k.ID, k.Secret, k.Token, p.Source())
					}
					// The same names in a file that is named.
					path := write(t, t.TempDir(), "keys", strings.TrimSuffix(strings.Join(env, "\n"), "\n=t"))
					if k, _ := get(t, Options{Cloud: tc.cloud, File: path}); k.ID != "i" || k.Secret != "s" || (k.Token == "t") != (token != "") {
						t.Errorf("%v in a file: %q, %q, %q", env, k.ID, k.Secret, k.Token)
					}
				}
			}
		}
	}
}

func TestHalfSetGroups(t *testing.T) {
	for _, tc := range []struct {
		cloud        Cloud
		env          []string
		set, missing string
	}{
		{Aliyun, []string{"ALIBABA_CLOUD_ACCESS_KEY_ID=CANARY"}, "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		{Aliyun, []string{"OSS_ACCESS_KEY_SECRET=CANARY", "ALICLOUD_ACCESS_KEY_ID=i", "ALICLOUD_ACCESS_KEY_SECRET=s"}, "OSS_ACCESS_KEY_SECRET", "OSS_ACCESS_KEY_ID"},
		{Aliyun, []string{"OSS_SESSION_TOKEN=CANARY"}, "OSS_SESSION_TOKEN", "OSS_ACCESS_KEY_ID"},
		{Tencent, []string{"TENCENTCLOUD_SECRET_KEY=CANARY", "TENCENTCLOUD_SECRET_ID=  "}, "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECRET_ID"},
		{Tencent, []string{"COS_SECRET_ID=CANARY"}, "COS_SECRET_ID", "COS_SECRETKEY"},
		{S3, []string{"AWS_ACCESS_KEY_ID=CANARY"}, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
		{Aliyun, []string{"ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/r", "ALIBABA_CLOUD_OIDC_TOKEN=CANARY"}, "ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"},
		{Aliyun, []string{"ALIBABA_CLOUD_ROLE_ARN=r", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=p"}, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE / ALIBABA_CLOUD_OIDC_TOKEN"},
		{Tencent, []string{"TKE_PROVIDER_ID=p", "TKE_WEB_IDENTITY_TOKEN=CANARY"}, "TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN", "TKE_ROLE_ARN"},
	} {
		_, err := Resolve(t.Context(), Options{Cloud: tc.cloud, Environ: tc.env})
		speaks(t, err, tc.set+" is set, but "+tc.missing+" is not")
		if msg.KindOf(err) != msg.Usage {
			t.Errorf("%v: kind %v", tc.env, msg.KindOf(err))
		}
	}
}

func TestNone(t *testing.T) {
	for cloud, want := range map[Cloud]string{Aliyun: "ALIBABA_CLOUD_ACCESS_KEY_ID", Tencent: "~/.cos.yaml", S3: "~/.aws/credentials"} {
		_, err := Resolve(t.Context(), Options{Cloud: cloud, Home: t.TempDir(), Environ: []string{"HOME=/home/dev", "OSS_ENDPOINT=x"}})
		if !errors.Is(err, ErrNone) {
			t.Errorf("error %v", err)
		}
		speaks(t, err, "no credentials found", want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Resolve(ctx, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
