package vcs

import (
	"cmp"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// checkAuth refuses credentials that do not fit the URL or would be read by others
// on the way.
func checkAuth(a Auth, u *url.URL) error {
	token, key := a.TokenFile != "" || a.TokenEnv != "", a.KeyFile != "" || a.KnownHosts != ""
	switch {
	case a.TokenFile != "" && a.TokenEnv != "":
		return msg.Errorf("auth: both token_file and token_env", "auth：token_file 与 token_env 不能同时设置")
	case u.Scheme == "ssh" && token:
		return msg.Errorf("auth: a token is for https, ssh takes key_file", "auth：令牌用于 https，ssh 请使用 key_file")
	case u.Scheme != "ssh" && key:
		return msg.Errorf("auth: key_file and known_hosts are for ssh", "auth：key_file 和 known_hosts 仅用于 ssh")
	case u.Scheme == "ssh" && (a.KeyFile == "" || a.KnownHosts == ""):
		return msg.Errorf("auth: ssh needs key_file and known_hosts", "auth：ssh 需要 key_file 和 known_hosts").WithHint(
			"fill known_hosts with ssh-keyscan and compare the fingerprint with the server's own page", "可用 ssh-keyscan 生成 known_hosts，并与服务器页面公布的指纹核对")
	case u.Scheme == "http" && token && !loopback(u.Hostname()):
		return msg.Errorf("auth: a token over http can be read by everybody on the way", "auth：通过 http 发送令牌会被途中任何人读取").WithHint(
			"use https, with ca_file for an authority of your own", "请改用 https；若使用自建证书颁发机构，请设置 ca_file")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// token is the user and password of basic authentication; "" for nobody.
func (g *Git) token(a Auth) (user, token string, err error) {
	switch {
	case a.TokenEnv != "":
		if token = strings.TrimSpace(g.o.Getenv(a.TokenEnv)); token == "" {
			return "", "", msg.Errorf("the environment variable %s, which token_env names, is empty", "token_env 指定的环境变量 %s 为空", a.TokenEnv)
		}
	case a.TokenFile != "":
		data, err := readSecret(a.TokenFile)
		if err != nil {
			return "", "", err
		}
		if token = strings.TrimSpace(string(data)); token == "" {
			return "", "", msg.Errorf("the token file %s is empty", "令牌文件 %s 为空", a.TokenFile)
		}
	default:
		return "", "", nil
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", "", msg.Errorf("the token has a space or a line break in it", "令牌中含有空格或换行")
	}
	return cmp.Or(a.User, "oauth2"), token, nil
}

// readSecret reads a file that nobody else may read.
func readSecret(name string) ([]byte, error) {
	if fi, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0 {
		return nil, msg.Errorf("%s holds a secret and can be read by others (mode %04o)", "%s 中有密钥，但其他用户可读（权限 %04o）", name, fi.Mode().Perm()).WithHint(
			"run chmod 600 %s", "请执行 chmod 600 %s", name)
	}
	return readFile(name)
}

// maxFile limits the files that settings name.
const maxFile = 1 << 20

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", name, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", name, cause(err))
	case len(data) > maxFile:
		return nil, msg.Errorf("read %s: larger than %d bytes", "读取 %s：超过 %d 字节", name, maxFile)
	}
	return data, nil
}

// cause is an error of the file system without the name, which is said already.
func cause(err error) error {
	if pe, ok := err.(*os.PathError); ok { //nolint:errorlint // only the outermost one repeats the name
		return pe.Err
	}
	return err
}
