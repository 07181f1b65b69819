package bucket

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// STSOptions describe a token service. The zero value takes any role, provider
// and token that is well-formed.
type STSOptions struct {
	RoleARN  string        // the only one accepted; "" is any
	Provider string        // OIDC provider ARN (Aliyun) or ID (Tencent); "" is any
	Token    string        // the only OIDC token accepted; "" is any
	TTL      time.Duration // of the keys; 0 is what the request asks for
	Now      func() time.Time
}

// STS exchanges OIDC tokens for keys that buckets accept: Aliyun's
// AssumeRoleWithOIDC and Tencent's AssumeRoleWithWebIdentity. Which one is
// asked for, it sees by the request.
type STS struct {
	o       STSOptions
	host    *host
	buckets []*Server

	mu    sync.Mutex
	calls []STSCall
}

// STSCall is one exchange, without its secrets.
type STSCall struct {
	Action   string // "" when it was missing
	Host     string
	RoleARN  string
	Provider string
	Session  string
	Duration time.Duration // asked for, 0 when it was not
	KeyID    string        // given out; "" when refused
	Expires  time.Time
	Code     string // of the error
}

// NewSTS starts a token service that ends with the test. Its keys are granted to
// the buckets, and these hand on to it what comes for the hosts of the services
// (sts.aliyuncs.com, sts.tencentcloudapi.com and their regional ones), so that
// one proxy reaches everything.
func NewSTS(t testing.TB, o STSOptions, buckets ...*Server) *STS {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &STS{o: o, buckets: buckets}
	h, err := listen(s, RateLimit{})
	if err != nil {
		t.Fatalf("start STS: %v", err)
	}
	s.host = h
	t.Cleanup(h.close)
	for _, b := range buckets {
		b.mu.Lock()
		b.sts = s
		b.mu.Unlock()
	}
	return s
}

// URL is the service's own address.
func (s *STS) URL() string { return "http://" + s.host.addr() }

// Client reaches the service under every host name.
func (s *STS) Client() *http.Client { return &http.Client{Transport: s.host.transport()} }

// Calls returns the exchanges so far, refused ones included.
func (s *STS) Calls() []STSCall {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// ServeHTTP answers one exchange. It is exported for [http.Server] alone.
func (s *STS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Tc-Action") != "" {
		s.tencent(w, r)
		return
	}
	s.aliyun(w, r)
}

// refusal is an error code of the token services.
type refusal struct{ code, message string }

// issue checks what both services check, logs the call, and gives out a key.
func (s *STS) issue(call STSCall, token string, bad *refusal) (Credential, *refusal) {
	if bad == nil {
		bad = s.judge(call, token)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad != nil {
		call.Code = bad.code
		s.calls = append(s.calls, call)
		return Credential{}, bad
	}
	ttl := s.o.TTL
	if ttl == 0 {
		ttl = call.Duration
	}
	if ttl == 0 {
		ttl = time.Hour
	}
	key := Credential{
		ID: fmt.Sprintf("STS.TestKey%d%s", len(s.calls)+1, rand.Text()[:8]), Secret: rand.Text(), Token: "test-token-" + rand.Text(),
		Expires: s.o.Now().Add(ttl).UTC().Truncate(time.Second),
	}
	call.KeyID, call.Expires = key.ID, key.Expires
	s.calls = append(s.calls, call)
	for _, b := range s.buckets {
		b.Grant(key)
	}
	return key, nil
}

func (s *STS) judge(call STSCall, token string) *refusal {
	tencent := call.Action == tencentAction
	pick := func(aliyun, other, message string) *refusal {
		if tencent {
			return &refusal{other, message}
		}
		return &refusal{aliyun, message}
	}
	rolePrefix, providerPrefix := "acs:ram::", "acs:ram::"
	if tencent {
		rolePrefix, providerPrefix = "qcs::cam::", ""
	}
	switch {
	case call.Session == "":
		return pick("InvalidParameter.RoleSessionName", "InvalidParameter.ParamError", "The parameter RoleSessionName is wrongly formed.")
	case !strings.HasPrefix(call.RoleARN, rolePrefix) || s.o.RoleARN != "" && call.RoleARN != s.o.RoleARN:
		return pick("InvalidParameter.RoleArn", "ResourceNotFound.RoleNotFound", "The parameter RoleArn is wrongly formed.")
	case call.Provider == "" || !strings.HasPrefix(call.Provider, providerPrefix) || s.o.Provider != "" && call.Provider != s.o.Provider:
		return pick("InvalidParameter.OIDCProviderArn", "InvalidParameter.ParamError", "The OIDC provider is not known.")
	case len(token) < 4 || len(token) > 20000 || s.o.Token != "" && token != s.o.Token:
		return pick("AuthenticationFail.OIDCToken.Invalid", "InvalidParameter.WebIdentityTokenError", "This JsonWebToken is invalid.")
	}
	return nil
}

// stsAnswers hands on what comes for the hosts of the token services.
func (s *Server) stsAnswers(c *call) bool {
	s.mu.Lock()
	sts := s.sts
	s.mu.Unlock()
	name, _, _ := strings.Cut(strings.ToLower(c.r.Host), ":")
	if sts == nil || !strings.HasPrefix(name, "sts.") && !strings.HasPrefix(name, "sts-vpc.") ||
		!strings.HasSuffix(name, ".aliyuncs.com") && !strings.HasSuffix(name, ".tencentcloudapi.com") {
		return false
	}
	c.enter(AssumeRole)
	if c.fault != nil && c.strike() {
		return true
	}
	sts.ServeHTTP(&statusNoter{c.w, c}, c.r)
	return true
}

type statusNoter struct {
	http.ResponseWriter
	c *call
}

func (n *statusNoter) WriteHeader(status int) {
	n.c.note(status, "")
	n.ResponseWriter.WriteHeader(status)
}
