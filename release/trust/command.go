package trust

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"aead.dev/minisign"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// Command signs by a program, for keys in an HSM or UKey. The program gets the
// bytes on its standard input and writes the signature to its standard output; in
// its environment are YINGZAO_SIGN_FILE, the name of what is signed, and
// YINGZAO_SIGN_COMMENT, the trusted comment.
//
// Which kind it makes is seen in what it writes: minisign's four lines, or an SM2
// signature in ASN.1.
type Command struct {
	Args    []string
	Dir     string   // "" = the current one
	Environ []string // nil = this process's
	// Key is the public key of what it signs. nil = not known: what it makes is then
	// neither checked nor found again, and nobody's id stands at an SM2 signature.
	Key *Key
}

// NewCommand finds out which kind of signature the command makes: by its key, or by
// letting it sign message, which is not wasted: the signature comes back too.
func NewCommand(ctx context.Context, c Command, name string, message io.ReadSeeker, comment string) (Signer, []byte, error) {
	if c.Key != nil {
		return &commandSigner{c, c.Key.Kind()}, nil, nil
	}
	out, err := c.run(ctx, name, message, comment)
	if err != nil {
		return nil, nil, err
	}
	kind, ok := kindOf(out)
	if !ok {
		return nil, nil, c.neither()
	}
	return &commandSigner{c, kind}, out, nil
}

type commandSigner struct {
	c    Command
	kind Kind
}

func (s *commandSigner) Kind() Kind { return s.kind }
func (s *commandSigner) Key() *Key  { return s.c.Key }

func (s *commandSigner) Sign(ctx context.Context, name string, message io.ReadSeeker, comment string) ([]byte, error) {
	out, err := s.c.run(ctx, name, message, comment)
	if err != nil {
		return nil, err
	}
	switch kind, ok := kindOf(out); {
	case !ok:
		return nil, s.c.neither()
	case kind != s.kind && s.c.Key != nil:
		return nil, s.c.failed(msg.Textf("it made a signature of %s, and its public key is one of %s", "其签名种类为 %s，而其公钥种类为 %s", kind, s.kind))
	case kind != s.kind:
		return nil, s.c.failed(msg.Text{EN: "it made another kind of signature than before", ZH: "其签名种类与之前不同"})
	}
	return out, nil
}

// SignRaw lets the command sign what [Key.VerifyRaw] checks: an SM2 signature, or in
// minisign's four lines one of the kind that is not hashed first, which is plain
// Ed25519. keyID is "" for SM2 without Key.
func (c Command) SignRaw(ctx context.Context, name string, message []byte, comment string) (keyID string, sig []byte, err error) {
	out, err := c.run(ctx, name, bytes.NewReader(message), comment)
	if err != nil {
		return "", nil, err
	}
	if kind, ok := kindOf(out); !ok {
		return "", nil, c.neither()
	} else if kind == Minisign {
		s, err := parseMinisig(out)
		if err != nil {
			return "", nil, err
		}
		if s.Algorithm != minisign.EdDSA {
			return "", nil, c.failed(msg.Textf("it hashed %s before it signed, and this wants plain Ed25519", "它先对 %s 做了散列再签名，而此处需要普通的 Ed25519 签名", name)).
				WithHint("where YINGZAO_SIGN_FILE is %[1]s: minisign -S -l", "当 YINGZAO_SIGN_FILE 为 %[1]s 时：minisign -S -l", name)
		}
		keyID, sig = fmt.Sprintf("%016X", s.KeyID), s.Signature[:]
	} else {
		sig = out
	}
	if c.Key == nil {
		return keyID, sig, nil
	}
	if c.Key.kind == SM2 {
		err = c.Key.verifySM2(bytes.NewReader(message), sig)
	} else if !c.Key.VerifyRaw(message, sig) {
		err = unfit()
	}
	if err != nil {
		return "", nil, msg.Errorf("sign.command %s: the signature of %s does not hold by its public key %s: %w", "sign.command %s：对 %s 的签名与其公钥 %s 不符：%w", c.Args[0], name, c.Key.ID(), err)
	}
	return c.Key.ID(), sig, nil
}

func (c Command) neither() error {
	return c.failed(msg.Text{EN: "what it wrote is neither a minisign signature nor an SM2 signature in ASN.1", ZH: "其输出既不是 minisign 签名，也不是 ASN.1 格式的 SM2 签名"})
}

// kindOf recognises a signature by its form.
func kindOf(sig []byte) (Kind, bool) {
	if _, err := parseMinisig(sig); err == nil {
		return Minisign, true
	}
	// A sequence of two integers of at most 33 bytes.
	if n := len(sig); n >= 8 && n <= 72 && sig[0] == 0x30 && int(sig[1]) == n-2 && sig[2] == 0x02 {
		return SM2, true
	}
	return "", false
}

func (c Command) run(ctx context.Context, name string, message io.ReadSeeker, comment string) ([]byte, error) {
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
	return out.Bytes(), nil
}

// failed names the program and none of its arguments.
func (c Command) failed(why msg.Text) *msg.Error {
	return msg.Errorf("sign.command %s: %v", "sign.command %s：%v", strings.TrimSpace(c.Args[0]), why).
		WithHint("it gets the file on standard input and writes the signature to standard output; try it by hand", "它从标准输入读取文件，向标准输出写签名；请手工运行试试")
}

// limited keeps the first bytes of what a program writes.
type limited struct{ b *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.b.Write(p[:min(len(p), maxSignature+1-l.b.Len())])
	return len(p), nil
}
