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
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
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

// none says what could be set, and what was there but of no use.
func (f *finder) none() error {
	if len(f.passed) > 0 {
		why := f.passed[0]
		return msg.Errorf("%w: %v", "%w：%v", ErrNone, why).WithHint("%s", "%s", f.names())
	}
	return msg.Errorf("%w", "%w", ErrNone).WithHint("%s", "%s", f.names())
}

func (f *finder) names() msg.Text {
	g := groups(f.Cloud)[0]
	files := []string{}
	for _, t := range toolFiles(f.Cloud) {
		if t.path != "" {
			files = append(files, "~/"+t.path)
		}
	}
	return msg.Textf("set %s and %s, or have %s", "请设置 %s 和 %s，或提供 %s", g.id[0], g.secret[0], strings.Join(files, " / "))
}
