package vcs

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/proxy"
)

func newKey(t testing.TB) (ssh.Signer, string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

// sshServer runs git-upload-pack for whoever has the key.
type sshServer struct {
	addr string
	root string
	host []ssh.Signer
	mu   sync.Mutex
	ran  []string
}

func newSSHServer(t testing.TB, client ssh.PublicKey) *sshServer {
	needGit(t)
	s := &sshServer{root: t.TempDir()}
	config := &ssh.ServerConfig{PublicKeyCallback: func(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if c.User() != "git" || string(key.Marshal()) != string(client.Marshal()) {
			return nil, errors.New("who is that")
		}
		return nil, nil
	}}
	for range 1 {
		signer, _ := newKey(t)
		config.AddHostKey(signer)
		s.host = append(s.host, signer)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.serve(conn, config) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return s
}

func (s *sshServer) serve(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	_, chans, reqs, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(reqs)
	for c := range chans {
		ch, reqs, err := c.Accept()
		if err != nil {
			return
		}
		for r := range reqs {
			if r.Type != "exec" {
				r.Reply(false, nil)
				continue
			}
			r.Reply(true, nil)
			var line struct{ Command string }
			ssh.Unmarshal(r.Payload, &line)
			s.mu.Lock()
			s.ran = append(s.ran, line.Command)
			s.mu.Unlock()
			path := strings.Trim(strings.TrimPrefix(line.Command, "git-upload-pack "), "'")
			if path == "/team/silent.git" {
				io.Copy(io.Discard, ch) // says nothing at all
			}
			cmd := exec.Command("git", "upload-pack", filepath.Join(s.root, path))
			cmd.Env = gitEnv(s.root)
			cmd.Stdout, cmd.Stderr = ch, ch.Stderr()
			in, err := cmd.StdinPipe()
			if err != nil {
				return
			}
			go func() { // the program may end before its input does
				io.Copy(in, ch)
				in.Close()
			}()
			status := struct{ Status uint32 }{}
			if cmd.Run() != nil {
				status.Status = 128
			}
			ch.SendRequest("exit-status", false, ssh.Marshal(&status))
			ch.Close()
		}
	}
}

func (s *sshServer) known(t testing.TB, keys ...ssh.PublicKey) string {
	var text string
	for _, k := range keys {
		text += knownhosts.Line([]string{s.addr}, k) + "\n"
	}
	name := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestSSH(t *testing.T) {
	client, private := newKey(t)
	stranger, strangersPrivate := newKey(t)
	s := newSSHServer(t, client.PublicKey())
	w, c := hostile(t)
	w.publish(s.root, "team/hostile", "uploadpack.allowFilter", "true") // gives out its references' objects alone
	simple(t, s.root, "team/simple")
	module := "git.example.test/team/hostile.git"
	key := secretFile(t, private)
	pinned := s.known(t, s.host[0].PublicKey())
	with := func(change func(*Options)) *Git {
		o := Options{Dir: t.TempDir(), Repos: []Repo{{Prefix: "git.example.test", URL: "ssh://git@" + s.addr + "/{path}.git", LFS: LFSPointer, MaxDepth: 3,
			Auth: Auth{KeyFile: key, KnownHosts: pinned}}}}
		if change != nil {
			change(&o)
		}
		g, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	g := with(nil)
	if list, err := g.Versions(t.Context(), module); err != nil || string(list) != "v1.0.0\nv1.1.0-rc.1\n" {
		t.Errorf("%q, %v", list, err)
	}
	// By HTTP and by ssh the same comes out, also of a commit that no reference names.
	h := newGitServer(t, false)
	w.publish(h.root, "team/hostile")
	byHTTP := h.open(t, func(o *Options) { o.Repos[0].LFS = LFSPointer })
	for _, query := range []string{"v1.0.0", "main", c["first"], c["middle"][:12], c["unnamed"], "latest"} {
		a, _, errA := ours(t, g, module, query)
		b, _, errB := ours(t, byHTTP, module, query)
		if errA != nil || errB != nil || a.Sum != b.Sum || a.Version != b.Version {
			t.Errorf("%s: %+v, %v; %+v, %v", query, a, errA, b, errB)
		}
	}
	// Probing: the longer path is no repository.
	if list, err := g.Versions(t.Context(), "git.example.test/team/hostile/sub"); err != nil || string(list) != "v0.3.0\n" {
		t.Errorf("%q, %v", list, err)
	}
	for name, change := range map[string]func(*Options){
		"another host key":   func(o *Options) { o.Repos[0].Auth.KnownHosts = s.known(t, stranger.PublicKey()) },
		"no host key":        func(o *Options) { o.Repos[0].Auth.KnownHosts = s.known(t) },
		"no such file":       func(o *Options) { o.Repos[0].Auth.KnownHosts = "nosuch" },
		"a stranger's key":   func(o *Options) { o.Repos[0].Auth.KeyFile = secretFile(t, strangersPrivate) },
		"no key":             func(o *Options) { o.Repos[0].Auth.KeyFile = secretFile(t, canary) },
		"readable by others": func(o *Options) { os.Chmod(key, 0o644) },
		"guard":              func(o *Options) { os.Chmod(key, 0o600); o.HTTP.Guard = httpx.RefuseInternal(nil, nil) },
	} {
		os.Chmod(key, 0o600)
		t.Run(name, func(t *testing.T) {
			_, err := with(change).Versions(t.Context(), module)
			told(t, err, proxy.ErrUnavailable)
		})
	}
	os.Chmod(key, 0o600)
	_, err := g.Versions(t.Context(), "git.example.test/team/nosuch")
	told(t, err, proxy.ErrUnavailable)
	_, err = with(func(o *Options) { o.Limits.Stall = 100 * time.Millisecond }).Versions(t.Context(), "git.example.test/team/silent")
	told(t, err, proxy.ErrUnavailable)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, command := range s.ran {
		if !strings.HasPrefix(command, "git-upload-pack '/team/") || !strings.HasSuffix(command, ".git'") {
			t.Errorf("the server was told to run %q", command)
		}
	}
}
