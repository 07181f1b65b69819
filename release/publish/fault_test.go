package publish

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// Whatever call fails, in whatever way: nothing of the version is seen before
// the first artifact is completed, latest names the old version or a whole new
// one, and publishing again completes it.
func TestEveryCallFails(t *testing.T) {
	t.Parallel()
	runs, failed := 0, 0
	storetest.FailSome(t, sample(5), func(t *testing.T, inject storetest.Inject) {
		runs++
		if faultyPublish(t, inject) != nil {
			failed++
		}
	})
	// An error that no repetition cures.
	for n, reached := 1, true; reached; n += sample(4) {
		var f *storetest.FaultyStore
		err := faultyPublish(t, func(bare store.Store) (context.Context, store.Store, func() bool) {
			f = storetest.Faulty(bare, storetest.Fault{N: n, Err: store.ErrDenied, When: storetest.When(n % 3)})
			return t.Context(), f, f.Fired
		})
		reached = f.Fired()
		runs++
		if err != nil {
			failed++
		}
	}
	if runs < 200/sample(5) || failed < 100/sample(5) {
		t.Errorf("only %d runs, %d of which failed: the faults do not strike", runs, failed)
	}
	t.Logf("%d runs, %d failed", runs, failed)
}

// faultyPublish publishes once with a fault, looks, and publishes again.
func faultyPublish(t *testing.T, inject storetest.Inject) error {
	bare := newStore(t)
	mustPublish(t, bare, newRelease("demo", "1.0.0", "old=1"))
	old := keys(t, bare, "")
	r := newRelease("demo", "1.1.0", "a=aaaa", "b=bbbb")
	r.sidecars = []Sidecar{{"manifest.json.minisig", []byte("one\n")}, {"SHA256SUMS.minisig", []byte("two\n")}}
	rec := storetest.Record(bare) // sees what reaches the store
	ctx, st, reached := inject(rec)
	_, err := r.publish(ctx, st)
	if err != nil && !reached() {
		t.Fatal(err)
	}
	if len(rec.Calls(store.OpCommit)) == 0 {
		now := slices.DeleteFunc(keys(t, bare, ""), func(k string) bool { return k == ClaimKey("demo", "1.1.0") })
		if !slices.Equal(now, old) {
			t.Errorf("visible before the first commit: %q", now)
		}
	}
	switch got := latestIn(t, bare, "demo"); {
	case err == nil && got != "1.1.0":
		t.Errorf("success, but latest is %s", got)
	case got == "1.1.0":
		mustVerify(t, bare, VerifyOptions{})
	case got != "1.0.0":
		t.Errorf("latest is %q", got)
	}
	if err != nil {
		mustPublish(t, bare, r)
	}
	mustVerify(t, bare, VerifyOptions{})
	mustVerify(t, bare, VerifyOptions{Project: "demo", Version: "1.0.0"})
	if got := indexIn(t, bare, "demo").Versions[0].Sidecars; len(got) != 2 {
		t.Errorf("the index lists %q beside the manifest", got)
	}
	if got := len(indexIn(t, bare, "demo").Versions); got != 2 {
		t.Errorf("the index has %d versions", got)
	}
	if got := keys(t, bare, "demo/.claim"); len(got) > 0 {
		t.Errorf("left %q", got)
	}
	return err
}

const victimEnv = "YINGZAO_TEST_PUBLISH_VICTIM"

// victim publishes until it kills itself, before, in the middle of or after the
// call of the store that the parent named.
func victim() int {
	st, err := file.New(os.Getenv(victimEnv))
	if err != nil {
		return 1
	}
	at, _ := strconv.Atoi(os.Getenv(victimEnv + "_AT"))
	r := newRelease("demo", "1.1.0", "a="+strings.Repeat("a", 200_000), "b=bbbb", "c=c")
	faulty := storetest.Faulty(st, storetest.Fault{N: at, When: storetest.When(at % 3), Cancel: func() {
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		time.Sleep(time.Minute)
	}})
	o := quick
	o.PartSize = 50_000
	if _, err := Publish(context.Background(), faulty, r.Manifest, r.open, o); err != nil {
		return 1
	}
	return 0
}

// A publisher killed at its n-th call leaves a store that readers can use, and
// the next one completes the version.
func TestKilledPublisher(t *testing.T) {
	t.Parallel()
	killed := 0
	for n := 1; n < 100; n += sample(4) { // no multiple of 3, the moments of a call
		st := newStore(t)
		mustPublish(t, st, newRelease("demo", "1.0.0", "old=1"))
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimEnv+"="+st.Dir(), victimEnv+"_AT="+strconv.Itoa(n))
		err := cmd.Run()
		if err == nil {
			break
		}
		if runtime.GOOS != "windows" && cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("call %d: the publisher ended otherwise: %v", n, err)
		}
		killed++
		if got := latestIn(t, st, "demo"); got != "1.0.0" && got != "1.1.0" {
			t.Errorf("call %d: latest %q", n, got)
		} else if got == "1.1.0" {
			mustVerify(t, st, VerifyOptions{})
		}
		r := newRelease("demo", "1.1.0", "a="+strings.Repeat("a", 200_000), "b=bbbb", "c=c")
		mustPublish(t, st, r)
		mustVerify(t, st, VerifyOptions{})
		if got := keys(t, st, "demo/.claim"); len(got) > 0 {
			t.Errorf("call %d: left %q", n, got)
		}
	}
	if killed < 20/sample(4) {
		t.Errorf("killed at %d points only", killed)
	}
	t.Logf("killed at %d points", killed)
}
