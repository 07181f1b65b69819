package cred

import (
	"context"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Cloud is whose keys are looked for.
type Cloud int

// The clouds.
const (
	Aliyun  Cloud = iota // OSS
	Tencent              // COS
	S3                   // AWS, MinIO, Huawei OBS and the like
)

// Options say where to look. The zero value looks nowhere.
type Options struct {
	Cloud Cloud
	// Environ is an environment in the form of os.Environ. nil = none.
	Environ []string
	// Home holds the files of the official tools. "" = they are not looked at.
	Home string
	// File was named on the command line and beats everything. Its form is that
	// of any of the known files, or lines NAME=value with the names of the
	// variables. "" = none.
	File string
	// HTTP is how to reach a token service. The instance role's own address is
	// always reached without a proxy.
	HTTP httpx.Options
	// STS is the URL of the token service, for private clouds. "" = variable
	// YINGZAO_STS_ENDPOINT, or else the cloud's public one.
	STS string
	// InstanceRole asks the cloud server this runs on, when nothing else is found.
	InstanceRole bool
	// Metadata is the URL of the instance's own service, for tests. "" = the
	// cloud's.
	Metadata string
	// Now is the clock. nil = time.Now.
	Now func() time.Time
}

// ErrNone is the error when no source has any keys.
var ErrNone error = msg.Errorf("no credentials found", "未找到凭据")

// Resolve looks for keys in the order of the package comment. It reads files
// but asks nobody on the network; the first [Provider.Get] does. The errors are
// ErrNone, a half-set group, a named file that cannot be used.
func Resolve(ctx context.Context, o Options) (Provider, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f := finder{Options: o, env: map[string]string{}}
	for _, kv := range o.Environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			f.env[name] = strings.TrimSpace(value)
		}
	}
	for _, look := range []func() (*provider, error){f.namedFile, f.variables, f.oidc, f.toolFiles, f.instance} {
		p, err := look()
		if err != nil {
			return nil, err
		}
		if p != nil {
			p.now = o.Now
			return p, nil
		}
	}
	return nil, f.none()
}

// finder looks at one source after the other; each returns nil when it has no
// keys.
type finder struct {
	Options
	env    map[string]string
	passed []msg.Text // files that were there but of no use, and why
}
