package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// makeDist fills a folder with a release of random files.
func makeDist(dir string, sizes []int64) (total int64, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	m := manifest.Manifest{Schema: manifest.Schema, Project: "bench", Version: "1.0.0", Plan: "sha256:" + strings.Repeat("0", 64), Go: "go1.26"}
	for i, size := range sizes {
		a := manifest.Artifact{Name: fmt.Sprintf("file-%02d.bin", i), Kind: manifest.KindFile, Size: size}
		f, err := os.Create(filepath.Join(dir, a.Name))
		if err != nil {
			return 0, err
		}
		sha, crc := sha256.New(), store.NewCRC64()
		_, err = io.Copy(io.MultiWriter(f, sha, crc), io.LimitReader(rand.NewChaCha8([32]byte{byte(i)}), size))
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return 0, err
		}
		a.SHA256, a.CRC64 = hex.EncodeToString(sha.Sum(nil)), store.FormatCRC64(crc.Sum64())
		m.Artifacts = append(m.Artifacts, a)
		total += size
	}
	b, err := m.Marshal()
	if err != nil {
		return 0, err
	}
	return total, os.WriteFile(filepath.Join(dir, manifest.FileName), b, 0o644)
}

// once publishes to a fresh store, and again.
func (b bench) once(ctx context.Context, dist string, rate float64) (m measured, err error) {
	s, err := startStore(setup{Kind: b.store, PerConnection: megabytes(rate), Total: megabytes(b.total)})
	if err != nil {
		return m, err
	}
	defer s.end()
	url, env := address(b.store, s.proxy)
	cmd := exec.CommandContext(ctx, b.bin, "release", "publish", "--from", dist, "--to", url, "--format", "json")
	cmd.Env = append(env, "PACE="+os.Getenv("PACE"))
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return m, err
	}
	done, peak := make(chan struct{}), make(chan int64)
	go watch(cmd.Process.Pid, done, peak)
	err = cmd.Wait()
	m.wall = time.Since(began)
	close(done)
	if os.Getenv("PACE") != "" {
		os.Stderr.Write(talk.Bytes())
	}
	m.peak, m.cpu = <-peak, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	if err != nil {
		return m, fmt.Errorf("publish: %w\n%s", err, talk.String())
	}
	var results []struct{ Peak int }
	if err := json.Unmarshal(out.Bytes(), &results); err != nil || len(results) != 1 {
		return m, fmt.Errorf("the report is not understood: %w\n%s", err, out.String())
	}
	m.connections = results[0].Peak
	if m.first, err = s.ask(); err != nil {
		return m, err
	}
	again := exec.CommandContext(ctx, b.bin, "release", "publish", "--from", dist, "--to", url)
	again.Env = env
	began = time.Now()
	if text, err := again.CombinedOutput(); err != nil {
		return m, fmt.Errorf("publish again: %w\n%s", err, text)
	}
	m.again = time.Since(began)
	m.second, err = s.ask()
	return m, err
}

// watch reports the peak resident size of a process, in bytes; 0 where the
// system does not tell.
func watch(pid int, done <-chan struct{}, out chan<- int64) {
	var most int64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		b, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				most = max(most, kB<<10)
			}
		}
		select {
		case <-done:
			out <- most
			return
		case <-tick.C:
		}
	}
}
