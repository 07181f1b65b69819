package trust

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"

	"aead.dev/minisign"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// Command is a [Signer] that is a program, for keys in an HSM or UKey. The program gets
// the bytes on its standard input and writes the signature to its standard output; in
// its environment are YINGZAO_SIGN_FILE, the name of what is signed, and
// YINGZAO_SIGN_COMMENT, the trusted comment. For a minisign key it writes minisign's
// four lines, for an SM2 key the signature in ASN.1.
type Command struct {
	Args    []string
	Dir     string   // "" = the current one
	Environ []string // nil = this process's
	// Public is the key that it signs by: what does not hold by it is refused.
	Public *Key
}

// Key is [Signer]'s.
func (c *Command) Key() *Key { return c.Public }

// Sign is [Signer]'s.
func (c *Command) Sign(ctx context.Context, name string, message io.ReadSeeker, comment string) ([]byte, error) {
	return c.run(ctx, name, message, comment)
}

// SignRaw is [Signer]'s. In minisign's four lines the signature has to be one of the
// kind that is not hashed first, which is plain Ed25519.
func (c *Command) SignRaw(ctx context.Context, name string, message []byte) ([]byte, error) {
	sig, err := c.run(ctx, name, bytes.NewReader(message), "")
	if err != nil {
		return nil, err
	}
	if c.Public.kind == SM2 {
		err = c.Public.verifySM2(bytes.NewReader(message), sig)
	} else {
		var s *minisign.Signature
		if s, err = parseMinisig(sig); err != nil {
			return nil, err
		}
		if s.Algorithm != minisign.EdDSA {
			return nil, c.failed(msg.Textf("it hashed %s before it signed, and this wants plain Ed25519", "它先对 %s 做了散列再签名，而此处需要普通的 Ed25519 签名", name)).
				WithHint("where YINGZAO_SIGN_FILE is %[1]s: minisign -S -l", "当 YINGZAO_SIGN_FILE 为 %[1]s 时：minisign -S -l", name)
		}
		if sig = s.Signature[:]; !c.Public.VerifyRaw(message, sig) {
			err = unfit()
		}
	}
	if err != nil {
		return nil, msg.Errorf("the signature of %s does not hold by the public key %s: %w", "对 %s 的签名与公钥 %s 不符：%w", name, c.Public.ID(), err)
	}
	return sig, nil
}

// isA reports whether a signature has the form of a kind.
func isA(kind Kind, sig []byte) bool {
	if kind == Minisign {
		_, err := parseMinisig(sig)
		return err == nil
	}
	// A sequence of two integers of at most 33 bytes.
	n := len(sig)
	return n >= 8 && n <= 72 && sig[0] == 0x30 && int(sig[1]) == n-2 && sig[2] == 0x02
}

// run runs it and looks at the form of what it wrote.
func (c *Command) run(ctx context.Context, name string, message io.ReadSeeker, comment string) ([]byte, error) {
	if _, err := message.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Stdin = c.Dir, message
	env := c.Environ
	if env == nil {
		env = cmd.Environ()
	}
	cmd.Env = append(slices.Clone(env), "YINGZAO_SIGN_FILE="+name, "YINGZAO_SIGN_COMMENT="+comment)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{b: &out}, &limited{b: &said}
	err := subproc.Run(cmd)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		// What it says may hold the PIN that was typed; only its exit code is told.
		return nil, c.failed(msg.Textf("exit code %d", "退出码 %d", exit.ExitCode()))
	case errors.Is(err, exec.ErrNotFound):
		return nil, c.failed(msg.Text{EN: "there is no such program on PATH", ZH: "PATH 中没有该程序"})
	case err != nil:
		return nil, c.failed(msg.Textf("%v", "%v", err))
	}
	if !isA(c.Public.kind, out.Bytes()) {
		return nil, c.failed(msg.Textf("what it wrote is no signature of its key's kind, %s", "其输出不是与其公钥同类（%s）的签名", c.Public.kind))
	}
	return out.Bytes(), nil
}

// failed names the program and none of its arguments.
func (c *Command) failed(why msg.Text) *msg.Error {
	return msg.Errorf("sign.command %s: %v", "sign.command %s：%v", strings.TrimSpace(c.Args[0]), why).
		WithHint("it gets the file on standard input and writes the signature to standard output; try it by hand", "它从标准输入读取文件，向标准输出写签名；请手工运行试试")
}

// limited keeps the first bytes of what a program writes.
type limited struct{ b *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.b.Write(p[:min(len(p), maxSignature+1-l.b.Len())])
	return len(p), nil
}
