package cred

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// write makes a file below dir and returns its path.
func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// get resolves and asks once.
func get(t *testing.T, o Options) (Keys, Provider) {
	t.Helper()
	p, err := Resolve(t.Context(), o)
	if err != nil {
		t.Fatalf("%v (%v)", err, msg.Hint(err))
	}
	k, err := p.Get(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return k, p
}

// speaks checks an error: English, both languages, and no canary.
func speaks(t *testing.T, err error, english ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	h := msg.Hint(err)
	all := err.Error() + "\n" + msg.In(err, msg.Chinese) + "\n" + h.EN + "\n" + h.ZH
	for _, want := range english {
		if !strings.Contains(err.Error()+" "+h.EN, want) {
			t.Errorf("%q (%q) does not say %q", err, h.EN, want)
		}
	}
	if strings.Contains(all, "CANARY") {
		t.Errorf("a secret is repeated: %s", all)
	}
	if msg.In(err, msg.Chinese) == err.Error() || (h.EN == "") != (h.ZH == "") {
		t.Errorf("not in both languages: %s", all)
	}
}
