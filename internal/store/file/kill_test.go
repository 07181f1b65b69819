package file_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
)

// An object that can be checked alone: filler, then its own checksum.
func selfChecked(n int) []byte {
	b := bytes.Repeat([]byte{byte(n)}, 20_000+n%7*30_000)
	sum := store.NewCRC64()
	_, _ = sum.Write(b)
	return binary.BigEndian.AppendUint64(b, sum.Sum64())
}

func isWhole(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	sum := store.NewCRC64()
	_, _ = sum.Write(b[:len(b)-8])
	return binary.BigEndian.Uint64(b[len(b)-8:]) == sum.Sum64()
}

func writeUpload(ctx context.Context, st store.Store, key string, o store.PutOptions, parts ...[]byte) error {
	u, err := st.Begin(ctx, key, o)
	if err != nil {
		return err
	}
	for i, p := range parts {
		if _, err := u.Part(ctx, i+1, bytes.NewReader(p), int64(len(p))); err != nil {
			return err
		}
	}
	_, err = u.Commit(ctx)
	return err
}

// writeAll writes an object in each of the ways there are.
func writeAll(dir string) error {
	ctx := context.Background()
	st, err := file.New(dir)
	if err != nil {
		return err
	}
	b := selfChecked(1)
	_, err = st.Put(ctx, "v1/put", bytes.NewReader(b), int64(len(b)), store.PutOptions{IfAbsent: true})
	if err == nil {
		_, err = st.Put(ctx, "latest", bytes.NewReader(b), int64(len(b)), store.PutOptions{})
	}
	if err == nil {
		err = writeUpload(ctx, st, "v1/upload", store.PutOptions{IfAbsent: true}, b)
	}
	if err == nil {
		err = writeUpload(ctx, st, "v1/parts", store.PutOptions{}, b[:9000], b[9000:])
	}
	return err
}

// writeOnce writes one object in each way and leaves.
func writeOnce(dir string) {
	runtime.LockOSThread() // strace counts the calls of each thread apart
	if err := writeAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// writeForEver is the child of TestKilled. It says when an object is there.
func writeForEver(dir string) {
	ctx := context.Background()
	st, err := file.New(dir)
	fmt.Println("ready")
	for n := 0; err == nil; n++ {
		b := selfChecked(n)
		_, err = st.Put(ctx, "latest", bytes.NewReader(b), int64(len(b)), store.PutOptions{})
		fmt.Println("one more")
		if err == nil {
			_, err = st.Put(ctx, fmt.Sprintf("v%d/put", n), bytes.NewReader(b), int64(len(b)), store.PutOptions{IfAbsent: true})
		}
		if err == nil {
			err = writeUpload(ctx, st, fmt.Sprintf("v%d/upload", n), store.PutOptions{IfAbsent: true}, b[:n%3*5000], b[n%3*5000:])
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// checkWhole reads every object and returns how many there are.
func checkWhole(t *testing.T, st *file.Store) int {
	t.Helper()
	all := keys(t, st)
	for _, key := range all {
		r, _, err := st.Get(t.Context(), key, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil || !isWhole(b) {
			t.Errorf("%s is torn: %d bytes, %v", key, len(b), err)
		}
	}
	return len(all)
}

func TestKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	objects, left := 0, 0
	for point := range 20 {
		dir := filepath.Join(t.TempDir(), "site")
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), "YINGZAO_STORE_CHILD="+dir)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		for range 1 + point%4 { // at work: how fast it is matters not
			if line, err := lines.ReadString('\n'); err != nil {
				t.Errorf("the child said %q, %v", line, err)
			}
		}
		time.Sleep(time.Duration(rand.IntN(10_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
		_, _ = io.Copy(io.Discard, lines)
		if err := cmd.Wait(); err == nil || said.Len() > 0 {
			t.Fatalf("point %d: the child ended by itself: %s", point, &said)
		}
		st := open(t, dir)
		objects += checkWhole(t, st)
		n, err := st.Sweep(t.Context(), 0)
		if err != nil {
			t.Error(err)
		}
		left += n
		for _, name := range files(t, dir) {
			if strings.HasPrefix(name, ".yingzao-uploads") {
				t.Errorf("Sweep left %s", name)
			}
		}
	}
	t.Logf("20 kills: %d objects, all whole; %d unfinished uploads swept", objects, left)
	if objects == 0 || left == 0 {
		t.Errorf("%d objects, %d unfinished: the kills missed the work", objects, left)
	}
}
