package vcs

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// sshRemote runs git-upload-pack on a server through ssh.
type sshRemote struct {
	git   *Git
	route *route
	url   *url.URL
}

func (r *sshRemote) refs(ctx context.Context) (list *refs, err error) {
	err = r.session(ctx, func(in io.WriteCloser, out io.Reader) error {
		list, err = r.advertised(out)
		if err == nil {
			_, err = io.WriteString(in, "0000") // nothing is wanted
		}
		return err
	})
	return list, err
}

func (r *sshRemote) fetch(ctx context.Context, req *packp.UploadPackRequest, save func(io.Reader) error) error {
	body, err := writeRequest(req)
	if err != nil {
		return err
	}
	return r.session(ctx, func(in io.WriteCloser, out io.Reader) error {
		if _, err := r.advertised(out); err != nil {
			return err
		}
		if _, err := in.Write(body); err != nil {
			return troubleWith(r.shown(), err)
		}
		return readPack(io.NopCloser(out), req, r.shown(), save)
	})
}

// advertised reads the references. A program that ends without a word had nothing
// to give: servers say "not found" and "denied" that way.
func (r *sshRemote) advertised(out io.Reader) (*refs, error) {
	var first [1]byte
	if _, err := io.ReadFull(out, first[:]); err == io.EOF {
		return nil, missingAt(r.shown())
	} else if err != nil {
		return nil, troubleWith(r.shown(), err)
	}
	return readRefs(io.MultiReader(bytes.NewReader(first[:]), out), r.shown())
}

// shown is the address without the user, which some servers give meaning.
func (r *sshRemote) shown() string {
	return (&url.URL{Scheme: r.url.Scheme, Host: r.url.Host, Path: r.url.Path}).String()
}

// session runs the server's program and lets f talk to it.
func (r *sshRemote) session(ctx context.Context, f func(io.WriteCloser, io.Reader) error) error {
	addr := net.JoinHostPort(r.url.Hostname(), cmp.Or(r.url.Port(), "22"))
	config, refusal, err := r.config(addr)
	if err != nil {
		return err
	}
	conn, err := httpx.Dial(ctx, r.route.dial, "tcp", addr)
	if err != nil {
		return troubleWith(r.shown(), httpx.Error(err))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// The connection is closed when the context ends, and once at the end.
	closed := sync.OnceFunc(func() { conn.Close() })
	defer closed()
	defer context.AfterFunc(ctx, closed)()
	c, chans, reqs, err := ssh.NewClientConn(&watchedConn{conn, &watched{conn, ctx, cancel, r.git.o.Limits.Stall}}, addr, config)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return troubleWith(r.shown(), context.Cause(ctx))
		case refusal() != nil:
			return refusal()
		}
		var authErr *ssh.ServerAuthError
		if errors.As(err, &authErr) {
			return deniedAt(r.shown(), "ssh")
		}
		return r.handshake(err)
	}
	client := ssh.NewClient(c, chans, reqs)
	defer client.Close()
	sess, err := client.NewSession()
	if err != nil {
		return troubleWith(r.shown(), err)
	}
	defer sess.Close()
	in, err := sess.StdinPipe()
	if err != nil {
		return err
	}
	out, err := sess.StdoutPipe()
	if err != nil {
		return err
	}
	// The path has no quote in it: badElement.
	if err := sess.Start(service + " '" + r.url.Path + "'"); err != nil {
		return troubleWith(r.shown(), err)
	}
	if err := f(in, out); err != nil {
		if ctx.Err() != nil && !errors.Is(err, errFull) {
			return troubleWith(r.shown(), context.Cause(ctx))
		}
		return err
	}
	return nil
}

// handshake tells a server that does not know our key from other trouble: ssh has no
// type for the client's side of it.
func (r *sshRemote) handshake(err error) error {
	return &remoteError{trouble, msg.Errorf("log in to %s: %w", "登录 %s：%w", r.shown(), err).WithHint(
		"check auth.key_file and the user in the url, and that the server knows the key", "请检查 auth.key_file 与 url 中的用户名，并确认服务器已登记该公钥")}
}

// config reads the key and the pinned hosts. refusal is why the host's key was not
// accepted, nil when it was.
func (r *sshRemote) config(addr string) (_ *ssh.ClientConfig, refusal func() error, err error) {
	data, err := readSecret(r.route.Auth.KeyFile)
	if err != nil {
		return nil, nil, err
	}
	signer, err := ssh.ParsePrivateKey(data)
	if err != nil {
		return nil, nil, msg.Errorf("read the key %s: not a private key without passphrase", "读取密钥 %s：不是未加密的私钥", r.route.Auth.KeyFile)
	}
	known, err := knownhosts.New(r.route.Auth.KnownHosts)
	if err != nil {
		return nil, nil, msg.Errorf("read the known hosts %s: %w", "读取 known_hosts 文件 %s：%w", r.route.Auth.KnownHosts, cause(err))
	}
	algorithms := hostKeyAlgorithms(known, addr)
	if len(algorithms) == 0 {
		return nil, nil, r.wrongKey(msg.Textf("no key of %s is in %s", "%[2]s 中没有 %[1]s 的密钥", addr, r.route.Auth.KnownHosts))
	}
	var bad error
	user := "git"
	if r.url.User != nil {
		user = cmp.Or(r.url.User.Username(), user)
	}
	return &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			if err := known(host, remote, key); err != nil {
				bad = r.wrongKey(msg.Textf("its key %s is not the pinned one", "其密钥 %s 与已固定的不一致", ssh.FingerprintSHA256(key)))
				return bad
			}
			return nil
		},
	}, func() error { return bad }, nil
}

func (r *sshRemote) wrongKey(why msg.Text) error {
	return &remoteError{trouble, msg.Errorf("do not trust %s: %v", "不信任 %s：%v", r.shown(), why).WithHint(
		"compare the server's fingerprint with its administrator, then put it into auth.known_hosts", "请与服务器管理员核对指纹后，再写入 auth.known_hosts")}
}

// hostKeyAlgorithms are those of the pinned keys: a server offers the key that we
// ask for, and one that is not pinned would be refused.
func hostKeyAlgorithms(known ssh.HostKeyCallback, addr string) (list []string) {
	var unknown *knownhosts.KeyError
	if !errors.As(known(addr, &net.TCPAddr{IP: net.IPv4zero}, noKey{}), &unknown) {
		return nil
	}
	for _, k := range unknown.Want {
		if t := k.Key.Type(); t == ssh.KeyAlgoRSA {
			list = append(list, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256)
		} else {
			list = append(list, strings.TrimSuffix(t, "-cert-v01@openssh.com"))
		}
	}
	return list
}

// noKey is a key that no file pins.
type noKey struct{}

func (noKey) Type() string                        { return "none" }
func (noKey) Marshal() []byte                     { return []byte("none") }
func (noKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// watchedConn is a connection whose reading is watched.
type watchedConn struct {
	net.Conn
	w *watched
}

func (c *watchedConn) Read(p []byte) (int, error) { return c.w.Read(p) }
