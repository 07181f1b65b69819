package server

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	minToken   = 32   // bytes
	maxToken   = 4096 // bytes
	maxProfile = 5 * time.Minute
)

// ReadToken reads a file that holds one token, and gives its SHA-256. It has to be
// at least 32 bytes long, and the file readable for its owner alone.
func ReadToken(name string) (proxy.TokenHash, error) {
	fail := func(why *msg.Error) (proxy.TokenHash, error) {
		return proxy.TokenHash{}, msg.Errorf("read token file %s: %w", "读取令牌文件 %s：%w", name, why).WithKind(msg.Usage).
			WithHint("(umask 077; head -c 32 /dev/urandom | base64 > FILE) makes one", "可用 (umask 077; head -c 32 /dev/urandom | base64 > 文件) 生成")
	}
	info, err := os.Stat(name)
	if err != nil {
		return fail(msg.Errorf("%w", "无法读取：%w", err))
	}
	if err := ownersAlone(info); err != nil {
		return fail(err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxToken {
		return fail(msg.Errorf("it is not a small regular file", "不是较小的普通文件"))
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return fail(msg.Errorf("%w", "无法读取：%w", err))
	}
	text := strings.TrimSpace(string(b))
	if len(text) < minToken || strings.ContainsAny(text, " \t\r\n") {
		return fail(msg.Errorf("it holds no single word of %d bytes or more", "其中不是一个至少 %d 字节的单词", minToken))
	}
	return sha256.Sum256([]byte(text)), nil
}

// ownersAlone is why a file that holds a secret is refused; nil = it is not.
func ownersAlone(info fs.FileInfo) *msg.Error {
	if runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return msg.Errorf("others can read it (mode %04o); it has to be 0600", "其他用户可读（权限 %04o），必须为 0600", info.Mode().Perm())
}

// profile serves runtime/pprof: what net/http/pprof does, without its habit of
// hanging itself onto the default multiplexer.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	seconds, err := strconv.ParseFloat(r.FormValue("seconds"), 64)
	length := time.Duration(seconds * float64(time.Second))
	if err != nil || length <= 0 || length > maxProfile {
		length = 10 * time.Second
	}
	switch name {
	case "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		all := pprof.Profiles()
		names := []string{"profile?seconds=10", "trace?seconds=5"}
		for _, p := range all {
			names = append(names, p.Name())
		}
		slices.Sort(names)
		for _, n := range names {
			fmt.Fprintln(w, n)
		}
	case "profile":
		if err := pprof.StartCPUProfile(binary(w, name)); err != nil {
			w.WriteHeader(http.StatusConflict)
			return
		}
		wait(r, length)
		pprof.StopCPUProfile()
	case "trace":
		if err := trace.Start(binary(w, name)); err != nil {
			w.WriteHeader(http.StatusConflict)
			return
		}
		wait(r, length)
		trace.Stop()
	default:
		p := pprof.Lookup(name)
		if p == nil {
			http.NotFound(w, r)
			return
		}
		if r.FormValue("gc") != "" && name == "heap" {
			runtime.GC()
		}
		debug, _ := strconv.Atoi(r.FormValue("debug"))
		if debug != 0 {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_ = p.WriteTo(w, debug)
			return
		}
		_ = p.WriteTo(binary(w, name), 0)
	}
}

func binary(w http.ResponseWriter, name string) http.ResponseWriter {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return w
}

func wait(r *http.Request, d time.Duration) {
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}
