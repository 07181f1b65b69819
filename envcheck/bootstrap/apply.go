package bootstrap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Apply carries the plan out: the SDK, then the files, then the tools. The caller
// holds the desk's Lock since before the plan was made. An SDK or a tool appears
// whole or not at all, and files are remembered before they change, so whoever
// kills it finds the old desk or the new one, and a second run completes it.
func (p *Plan) Apply(ctx context.Context, now time.Time) error {
	d := p.desk
	d.sweep()
	if p.Empty() {
		broadcast() // in case that an earlier one was killed just before
		return nil
	}
	if _, err := makeDirs(d.join("go")); err != nil {
		return msg.Errorf("make %s: %w", "创建 %s：%w", d.join("go"), err)
	}
	if err := p.install(ctx); err != nil {
		return err
	}
	if err := d.Journal().Apply(ctx, &p.files, now); err != nil {
		if msg.Hint(err).IsZero() && ctx.Err() == nil {
			err = msg.Errorf("%w", "%w", err).WithHint("it has to be writable; where another program keeps the start files, --no-modify-path leaves them alone", "该文件必须可写；若启动文件由其他程序管理，可用 --no-modify-path 使其保持不变")
		}
		return err
	}
	broadcast()
	if err := d.writeState(p.state); err != nil {
		return err
	}
	p.Applied = true
	var errs []error
	for i := range p.Tools {
		if err := p.build(ctx, &p.Tools[i]); err != nil {
			if ctx.Err() != nil {
				return err
			}
			errs = append(errs, err)
		}
	}
	return msg.Join(errs...)
}

// Recover takes back what a killed Apply left half done, and reports whether
// there was something. The caller holds the lock, and makes its plan afterwards.
func (d *Desk) Recover() (bool, error) { return d.Journal().Recover() }

// tlsHint adds what to do about a certificate of the site's own, which an HTTPS
// proxy that opens connections shows instead of the server's.
func tlsHint(err error) error {
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	if !errors.As(err, &unknown) && !errors.As(err, &verify) {
		return err
	}
	return msg.Errorf("%w", "%w", err).
		WithHint("if this site opens TLS connections, get its certificate from the network's owner and give it with --ca FILE; verification is never skipped", "如果本站点会解密 TLS 连接，请向网络管理员取得其证书并用 --ca 文件 指定；验证绝不会被跳过")
}
