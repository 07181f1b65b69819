package cred

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// toolFile is a file of an official tool.
type toolFile struct {
	path    string // below the home folder, with slashes
	env     string // names another path; that file must then be there
	profile string // the variable that chooses a profile
}

func toolFiles(c Cloud) []toolFile {
	switch c {
	case Aliyun:
		return []toolFile{
			{env: "ALIBABA_CLOUD_CREDENTIALS_FILE", profile: "ALIBABA_CLOUD_PROFILE"},
			{path: ".ossutilconfig"},
			{path: ".aliyun/config.json", profile: "ALIBABA_CLOUD_PROFILE"},
			{path: ".alibabacloud/credentials", profile: "ALIBABA_CLOUD_PROFILE"},
		}
	case Tencent:
		return []toolFile{{env: "TENCENTCLOUD_CREDENTIALS_FILE"}, {path: ".cos.yaml"}, {path: ".tccli/default.credential"}}
	}
	return []toolFile{{path: ".aws/credentials", env: "AWS_SHARED_CREDENTIALS_FILE", profile: "AWS_PROFILE"}}
}

func (f *finder) namedFile() (*provider, error) {
	if f.File == "" {
		return nil, nil
	}
	p, err := f.fromFile(f.File, "file "+f.File, "")
	if err == nil && p == nil {
		err = msg.Errorf("read credentials %s: %w", "读取凭据 %s：%w", f.File, f.nothing(f.File)).WithKind(msg.Usage)
	}
	return p, err
}

// nothing says why a file was of no use.
func (f *finder) nothing(path string) error {
	if len(f.passed) > 0 {
		return msg.Errorf("%v", "%v", f.passed[len(f.passed)-1])
	}
	return msg.Errorf("no key and secret in %s", "%s 中没有密钥 ID 和密钥", filepath.Base(path)).
		WithHint("%s", "%s", fileHint)
}

var fileHint = msg.Text{
	EN: "the file may be one of ossutil, aliyun, coscli, tccli or aws, or have lines NAME=value with the names of the environment variables",
	ZH: "文件可以是 ossutil、aliyun、coscli、tccli 或 aws 的配置文件，也可以逐行写 名称=值（名称与环境变量相同）",
}

func (f *finder) toolFiles() (*provider, error) {
	for _, t := range toolFiles(f.Cloud) {
		path, source := f.env[t.env], "file "+f.env[t.env]+" ("+t.env+")"
		named := path != ""
		if !named {
			if t.path == "" || f.Home == "" {
				continue
			}
			path, source = filepath.Join(f.Home, filepath.FromSlash(t.path)), "~/"+t.path
		}
		p, err := f.fromFile(path, source, f.env[t.profile])
		if !named && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || p != nil {
			return p, err
		}
	}
	return nil, nil
}

// fromFile returns nil when the file is there but holds no keys. The file is
// read again when its keys are refused or have expired: another tool may have
// renewed them.
func (f *finder) fromFile(path, source, profile string) (*provider, error) {
	load := func() (found, error) {
		content, err := readFile(path)
		if err != nil {
			return found{}, msg.Errorf("read credentials: %w", "读取凭据：%w", err)
		}
		got, err := f.pick(content, profile)
		if err != nil {
			return found{}, msg.Errorf("read credentials %s: %w", "读取凭据 %s：%w", source, err).WithKind(msg.Usage)
		}
		return got, nil
	}
	got, err := load()
	if err != nil {
		return nil, err
	}
	if !got.why.IsZero() {
		f.passed = append(f.passed, msg.Textf("%s: %v", "%s：%v", source, got.why))
	}
	if got.keys == nil {
		return nil, nil
	}
	if got.profile != "" {
		source += ", profile " + got.profile
	}
	first := got.keys
	p := &provider{source: source, warnings: loose(path, source)}
	p.fetch = func(context.Context) (Keys, error) {
		if first != nil && !regular(path) { // a pipe can be read once
			return *first, nil
		}
		got, err := load()
		if err == nil && got.keys == nil {
			err = msg.Errorf("read credentials %s: the keys are gone", "读取凭据 %s：密钥已不在文件中", source)
		}
		if err != nil {
			return Keys{}, err
		}
		return *got.keys, nil
	}
	return p, nil
}

// maxFile is far beyond any of these files.
const maxFile = 1 << 20

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(content) > maxFile {
		err = msg.Errorf("%s is too large", "%s 过大", path)
	}
	return content, err
}

func regular(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.Mode().IsRegular()
}

// loose warns when others can read the file. Windows has no such modes.
func loose(path, source string) []msg.Text {
	fi, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || !fi.Mode().IsRegular() || fi.Mode().Perm()&0o044 == 0 {
		return nil
	}
	shown := strings.TrimPrefix(strings.Split(source, ",")[0], "file ")
	return []msg.Text{msg.Textf(
		"%s holds keys and can be read by others (mode %04o); chmod 600 it",
		"%s 中有密钥，但其他用户可读（权限 %04o）；请执行 chmod 600", shown, fi.Mode().Perm())}
}
