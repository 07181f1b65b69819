package publish

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// lasting are keys that must never be seen outside of requests.
var lasting = cred.Keys{ID: "AKIDcanary0000000000000001", Secret: "canary/secret+0000000000000000000000001"}

// telltales are parts of secrets, and of presigned URLs and signed headers.
var telltales = []string{
	"canary", "test-token-", "STS.TestKey", // what loopback token services give out
	"Signature=", "signature=", "OSSAccessKeyId", "q-ak=", "q-sign", "Credential=", "security-token", "Security-Token",
}

// secrets hears everything that a publication says to anybody, and fails the
// test when a secret is in it.
type secrets struct {
	t    testing.TB
	kind string

	mu    sync.Mutex
	known []string // beyond telltales
	heard map[string]int
	told  bool
}

func newSecrets(t testing.TB, kind string) *secrets {
	return &secrets{t: t, kind: kind, heard: map[string]int{}, known: []string{lasting.ID, lasting.Secret}}
}

// learn adds keys that must not be heard either.
func (s *secrets) learn(k cred.Keys) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range []string{k.ID, k.Secret, k.Token} {
		if secret != "" {
			s.known = append(s.known, secret)
		}
	}
}

// hear takes in a value in every form that somebody may print.
func (s *secrets) hear(what string, v any) {
	if v == nil || reflect.ValueOf(v).Kind() == reflect.Pointer && reflect.ValueOf(v).IsNil() {
		return
	}
	text := fmt.Sprintf("%v\n%+v\n%#v\n", v, v, v)
	if err, ok := v.(error); ok {
		text += msg.In(err, msg.Chinese) + msg.In(err, msg.English) + fmt.Sprint(msg.Hint(err)) + msg.Hint(err).ZH
	} else if b, err := json.Marshal(v); err == nil {
		text += string(b)
	}
	s.look(what, text)
}

func (s *secrets) look(what, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard[what]++
	for _, list := range [][]string{telltales, s.known} {
		for _, secret := range list {
			if strings.Contains(text, secret) && !s.told {
				s.told = true // once is enough: the test has failed
				s.t.Errorf("%s: a secret (%s) is in the %s: %s", s.kind, secret, what, text)
			}
		}
	}
}

// stored looks at everything that readers can get.
func (s *secrets) stored(objects map[string]string) {
	for key, content := range objects {
		s.look("object", key+"\n"+content)
	}
}

// done tells how much was heard.
func (s *secrets) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.Logf("%s: no secret in %v", s.kind, s.heard)
}

// What is said to hear secrets has to.
func TestSecretsAreHeard(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{
		"error": fmt.Errorf("GET http://x/?Signature=abc"), "keys": struct{ K string }{lasting.Secret}, "result": &Result{URL: "s3://" + lasting.ID + "@x"},
		"warning": msg.Text{EN: "fine", ZH: "test-token-ABC"}, "event": Event{Name: lasting.ID},
	} {
		deaf := &recordedT{TB: t}
		newSecrets(deaf, "x").hear(name, v)
		if deaf.errors != 1 {
			t.Errorf("%s: %v was not noticed", name, v)
		}
	}
	fine := &recordedT{TB: t}
	newSecrets(fine, "x").hear("event", Event{Stage: "upload", Name: "demo_1.0.0_linux_amd64.tar.gz"})
	newSecrets(fine, "x").hear("error", error(nil))
	newSecrets(fine, "x").hear("result", (*Result)(nil))
	if fine.errors != 0 {
		t.Error("harmless words are taken for secrets")
	}
}

// recordedT counts errors instead of failing.
type recordedT struct {
	testing.TB
	errors int
}

func (r *recordedT) Errorf(string, ...any) { r.errors++ }

// quiet adds what was heard to a sum instead of telling it.
func (s *secrets) quiet(sum map[string]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for what, n := range s.heard {
		sum[what] += n
	}
}
