package cred

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestFilesOfTheOfficialTools(t *testing.T) {
	for _, tc := range []struct {
		cloud         Cloud
		name, content string
		env           []string
		source        string
		want          Keys
	}{
		{Aliyun, ".ossutilconfig", "[Credentials]\nlanguage=CH\nendpoint=oss-cn-hangzhou.aliyuncs.com\naccessKeyID=i\naccessKeySecret=s/+=;#x\nstsToken=t\n", nil, "~/.ossutilconfig", Keys{ID: "i", Secret: "s/+=;#x", Token: "t"}},
		{Aliyun, ".ossutilconfig", "[other]\nx=y\n[default]\naccessKeyId = i\naccessKeySecret = s\nregion = cn-hangzhou\n", nil, "~/.ossutilconfig, profile default", Keys{ID: "i", Secret: "s"}},
		{Aliyun, ".aliyun/config.json", "{\n\t\"current\": \"ci\",\n\t\"profiles\": [\n\t\t{\"name\": \"default\", \"mode\": \"AK\", \"access_key_id\": \"x\", \"access_key_secret\": \"y\"},\n\t\t{\"name\": \"ci\", \"mode\": \"StsToken\", \"access_key_id\": \"i\", \"access_key_secret\": \"s\", \"sts_token\": \"t\", \"expired_seconds\": 0}\n\t],\n\t\"meta_path\": \"\"\n}\n", nil, "~/.aliyun/config.json, profile ci", Keys{ID: "i", Secret: "s", Token: "t"}},
		{Aliyun, ".aliyun/config.json", `{"current":"a","profiles":[{"name":"a","mode":"AK","access_key_id":"x","access_key_secret":"y"},{"name":"b","mode":"AK","access_key_id":"i","access_key_secret":"s"}]}`, []string{"ALIBABA_CLOUD_PROFILE=b"}, "~/.aliyun/config.json, profile b", Keys{ID: "i", Secret: "s"}},
		{Aliyun, ".alibabacloud/credentials", "[default]\nenable = true\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n", nil, "~/.alibabacloud/credentials, profile default", Keys{ID: "i", Secret: "s"}},
		{Aliyun, ".alibabacloud/credentials", "[default]\ntype = access_key\naccess_key_id = x\naccess_key_secret = y\n[ci]\ntype = sts\naccess_key_id = i\naccess_key_secret = s\nsecurity_token = t\n", []string{"ALIBABA_CLOUD_PROFILE=ci"}, "~/.alibabacloud/credentials, profile ci", Keys{ID: "i", Secret: "s", Token: "t"}},
		{Tencent, ".cos.yaml", "cos:\n  base:\n    secretid: i\n    secretkey: s\n    sessiontoken: \"\"\n    protocol: https\n    mode: SecretKey\n    disableencryption: \"true\"\n  buckets: []\n", nil, "~/.cos.yaml", Keys{ID: "i", Secret: "s"}},
		{Tencent, ".cos.yaml", "cos:\n  base:\n    secretid: AKIDi\n    secretkey: s\n    sessiontoken: t\n", nil, "~/.cos.yaml", Keys{ID: "AKIDi", Secret: "s", Token: "t"}},
		{Tencent, ".tccli/default.credential", `{"secretId": "i", "secretKey": "s", "token": "t"}`, nil, "~/.tccli/default.credential", Keys{ID: "i", Secret: "s", Token: "t"}},
		{S3, ".aws/credentials", "# mine\n[default]\naws_access_key_id = i\naws_secret_access_key = s/a+b\n\n[ci]\naws_access_key_id = x\naws_secret_access_key = y\n", nil, "~/.aws/credentials, profile default", Keys{ID: "i", Secret: "s/a+b"}},
		{S3, ".aws/credentials", "[default]\naws_access_key_id=x\naws_secret_access_key=y\n[ci]\naws_access_key_id=i\naws_secret_access_key=s\naws_session_token=t\n", []string{"AWS_PROFILE=ci"}, "~/.aws/credentials, profile ci", Keys{ID: "i", Secret: "s", Token: "t"}},
	} {
		home := t.TempDir()
		write(t, home, tc.name, tc.content)
		k, p := get(t, Options{Cloud: tc.cloud, Home: home, Environ: tc.env})
		if k.ID != tc.want.ID || k.Secret != tc.want.Secret || k.Token != tc.want.Token || p.Source() != tc.source {
			t.Errorf("%s: %q, %q, %q from %q, want from %q", tc.name, k.ID, k.Secret, k.Token, p.Source(), tc.source)
		}
	}
}

// Files that are there but hold nothing usable are passed over, and named when
// nothing else is found.
func TestFilesPassedOver(t *testing.T) {
	for _, tc := range []struct {
		cloud                Cloud
		name, content, words string
	}{
		{Aliyun, ".aliyun/config.json", `{"current":"r","profiles":[{"name":"r","mode":"RamRoleArn","access_key_id":"CANARY","access_key_secret":"CANARY"}]}`, `~/.aliyun/config.json: the mode "RamRoleArn"`},
		{Aliyun, ".alibabacloud/credentials", "[default]\ntype = ram_role_arn\naccess_key_id = CANARY\naccess_key_secret = CANARY\nrole_arn = acs:ram::1:role/r\n", `~/.alibabacloud/credentials: the mode "ram_role_arn"`},
		{Aliyun, ".alibabacloud/credentials", "[default]\ntype = ecs_ram_role\nrole_name = r\n", `~/.alibabacloud/credentials: the mode "ecs_ram_role"`},
		{Tencent, ".cos.yaml", "cos:\n  base:\n    secretid: CANARYb1946ac92492d2347c6235b4d2611184\n    secretkey: CANARY\n    mode: SecretKey\n", "~/.cos.yaml: coscli has encrypted"},
		{Tencent, ".cos.yaml", "cos:\n  base:\n    mode: CvmRole\n    cvmrolename: r\n", `~/.cos.yaml: the mode "CvmRole"`},
		{Aliyun, ".ossutilconfig", "[Credentials]\nlanguage=CH\n", ErrNone.Error()},
		{Aliyun, ".ossutilconfig", "", ErrNone.Error()},
	} {
		home := t.TempDir()
		path := write(t, home, tc.name, tc.content)
		_, err := Resolve(t.Context(), Options{Cloud: tc.cloud, Home: home})
		if !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v", tc.name, err)
		}
		speaks(t, err, tc.words)
		if _, err := Resolve(t.Context(), Options{Cloud: tc.cloud, File: path}); err == nil || errors.Is(err, ErrNone) {
			t.Errorf("%s by name: %v", tc.name, err)
		} else {
			speaks(t, err, "read credentials "+path)
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	for _, tc := range []struct{ content, words string }{
		{"[Credentials]\naccessKeyID=CANARY\n", "the key's ID is there, but the secret is not"},
		{"[Credentials]\naccessKeySecret=CANARY\n", "the secret is there, but the key's ID is not"},
		{"{\"CANARY\": ", "cannot be read"},
		{"cos: [CANARY\n - x: :", "cannot be read"},
		{"[Credentials\nCANARY=x\n", "cannot be read"},
		{"just CANARY words\n", "cannot be read"},
		{"OSS_ACCESS_KEY_ID=CANARY\n", "OSS_ACCESS_KEY_SECRET is not"},
		{strings.Repeat("# CANARY\n", 1<<18), "too large"},
	} {
		home := t.TempDir()
		path := write(t, home, ".ossutilconfig", tc.content)
		for _, o := range []Options{{Home: home}, {File: path}} {
			_, err := Resolve(t.Context(), o)
			speaks(t, err, "read credentials", tc.words)
		}
	}
	_, err := Resolve(t.Context(), Options{File: filepath.Join(t.TempDir(), "none"), Environ: []string{"OSS_ACCESS_KEY_ID=i", "OSS_ACCESS_KEY_SECRET=s"}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a named file that is absent: %v", err)
	}
	_, err = Resolve(t.Context(), Options{Cloud: Tencent, Environ: []string{"TENCENTCLOUD_CREDENTIALS_FILE=/no/such/file"}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file named by a variable that is absent: %v", err)
	}
	home := t.TempDir()
	write(t, home, ".aws/credentials", "[default]\naws_access_key_id=i\naws_secret_access_key=s\n")
	_, err = Resolve(t.Context(), Options{Cloud: S3, Home: home, Environ: []string{"AWS_PROFILE=gone"}})
	speaks(t, err, `no profile "gone"`)
}

func TestNamedFile(t *testing.T) {
	env := []string{"OSS_ACCESS_KEY_ID=x", "OSS_ACCESS_KEY_SECRET=y"}
	for _, content := range []string{
		"OSS_ACCESS_KEY_ID=i\nOSS_ACCESS_KEY_SECRET=s\n",
		"# from the vault\nexport ALIBABA_CLOUD_ACCESS_KEY_ID=i\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET=\"s\"\n",
		"accessKeyID: i\naccessKeySecret: s\n",
		"\ufeff[Credentials]\r\naccessKeyID=i\r\naccessKeySecret=s\r\n",
		`{"Credentials": {"AccessKeyId": "i", "AccessKeySecret": "s"}}`,
	} {
		path := write(t, t.TempDir(), "keys", content)
		k, p := get(t, Options{File: path, Environ: env})
		if k.ID != "i" || k.Secret != "s" || p.Source() != "file "+path {
			t.Errorf("%q: %q, %q from %q", content, k.ID, k.Secret, p.Source())
		}
	}
	path := write(t, t.TempDir(), "sts.yaml", "AccessKeyId: STS.i\nAccessKeySecret: s\nSecurityToken: t\nExpiration: 2099-01-02T03:04:05Z\n")
	if k, _ := get(t, Options{File: path}); k.Token != "t" || k.Expires.Year() != 2099 {
		t.Errorf("YAML: token %q until %v", k.Token, k.Expires)
	}
	path = write(t, t.TempDir(), "sts.json", `{"AccessKeyId":"STS.i","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-02T03:04:05Z"}`)
	if k, _ := get(t, Options{File: path}); k.Token != "t" || k.Expires.Year() != 2099 {
		t.Errorf("token %q until %v", k.Token, k.Expires)
	}
}

// The variables of the official libraries that name a file.
func TestFilesNamedByVariables(t *testing.T) {
	for _, tc := range []struct {
		cloud             Cloud
		variable, content string
		more              []string
	}{
		{Aliyun, "ALIBABA_CLOUD_CREDENTIALS_FILE", "[x]\naccess_key_id=a\naccess_key_secret=b\n[ci]\naccess_key_id=i\naccess_key_secret=s\n", []string{"ALIBABA_CLOUD_PROFILE=ci"}},
		{Tencent, "TENCENTCLOUD_CREDENTIALS_FILE", "[default]\nsecret_id = i\nsecret_key = s\n", nil},
		{S3, "AWS_SHARED_CREDENTIALS_FILE", "[default]\naws_access_key_id=a\naws_secret_access_key=b\n[ci]\naws_access_key_id=i\naws_secret_access_key=s\n", []string{"AWS_PROFILE=ci"}},
	} {
		home := t.TempDir() // beats the files there
		write(t, home, ".ossutilconfig", "[Credentials]\naccessKeyID=x\naccessKeySecret=y\n")
		write(t, home, ".cos.yaml", "cos:\n  base:\n    secretid: AKIDx\n    secretkey: y\n")
		write(t, home, ".aws/credentials", "[default]\naws_access_key_id=x\naws_secret_access_key=y\n")
		path := write(t, t.TempDir(), "named", tc.content)
		k, p := get(t, Options{Cloud: tc.cloud, Home: home, Environ: append(tc.more, tc.variable+"="+path)})
		if k.ID != "i" || k.Secret != "s" || !strings.HasPrefix(p.Source(), "file "+path+" ("+tc.variable+")") {
			t.Errorf("%s: %q from %q", tc.variable, k.ID, p.Source())
		}
	}
}

// Another tool renews the file while we run.
func TestFileIsReadAgain(t *testing.T) {
	path := write(t, t.TempDir(), "keys", "OSS_ACCESS_KEY_ID=old\nOSS_ACCESS_KEY_SECRET=s\n")
	k, p := get(t, Options{File: path})
	if err := os.WriteFile(path, []byte("OSS_ACCESS_KEY_ID=new\nOSS_ACCESS_KEY_SECRET=s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, _ = p.Get(t.Context()); k.ID != "old" {
		t.Errorf("read without need: %s", k.ID)
	}
	p.Refused(k)
	if k, _ = p.Get(t.Context()); k.ID != "new" {
		t.Errorf("not read again: %s", k.ID)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.Refused(k)
	_, err := p.Get(t.Context())
	speaks(t, err, "the keys are gone")
}

func TestLooseFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	home := t.TempDir()
	path := write(t, home, ".ossutilconfig", "[Credentials]\naccessKeyID=CANARY\naccessKeySecret=CANARY\n")
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o644: true, 0o640: true, 0o604: true, 0o620: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, p := get(t, Options{Home: home})
		w := p.Warnings()
		if len(w) > 0 != warned {
			t.Errorf("mode %o: %v", mode, w)
		}
		for _, text := range w {
			if !strings.HasPrefix(text.EN, "~/.ossutilconfig ") || text.ZH == "" || strings.Contains(text.EN+text.ZH, "CANARY") {
				t.Errorf("warning %+v", text)
			}
		}
	}
}

func FuzzPick(f *testing.F) {
	for _, s := range []string{
		"", "[Credentials]\naccessKeyID=i\naccessKeySecret=s\n", `{"current":"c","profiles":[{"name":"c","mode":"AK"}]}`,
		"cos:\n  base:\n    secretid: i\n", "OSS_ACCESS_KEY_ID=i\n", "\xff", "a: !!binary x", "{", "---\n- a\n", "[a]\n[a]\nx", "a: &a [*a]",
	} {
		f.Add([]byte(s), "")
		f.Add([]byte(s), "ci")
	}
	f.Fuzz(func(t *testing.T, content []byte, profile string) {
		for _, cloud := range []Cloud{Aliyun, Tencent, S3} {
			got, err := (&finder{Options: Options{Cloud: cloud}}).pick(content, profile)
			if err != nil && msg.In(err, msg.Chinese) == err.Error() {
				t.Errorf("%q: %v", content, err)
			}
			if err == nil && got.keys != nil && (got.keys.ID == "" || got.keys.Secret == "") {
				t.Errorf("%q: half of the keys", content)
			}
		}
	})
}
