package remotetest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func presigned(t *testing.T, s Site) {
	s.Presigned(t, "", bucket.Options{})
}

// Presigned tries the URLs of a store: they open the object for whoever holds
// them, for GET alone and for their time alone, and say what they must in every
// form of address. An empty raw is the site's own URL.
func (s Site) Presigned(t *testing.T, raw string, o bucket.Options) {
	t.Helper()
	const key, content = "产品 1.0/!a b+c%41&<中>(龙芯).zip", "0123456789"
	shift := time.Duration(0)
	o.Now = func() time.Time { return time.Now().Add(shift) }
	temporary := cred.Keys{ID: "exampleCANARYsts", Secret: "exampleCANARYstssecret", Token: "CANARY+token/with=signs"}
	o.Keys = append(o.Keys, bucket.Credential{ID: temporary.ID, Secret: temporary.Secret, Token: temporary.Token})
	srv := s.Server(t, o)
	client := srv.Client()
	ask := func(method, url string, header ...string) (status int, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	for name, keys := range map[string]cred.Keys{"lasting": Lasting, "temporary": temporary} {
		through := Through(srv)
		through.Keys = cred.Static(keys)
		st := s.Open(t, raw, through)
		if err := put(t, st, key, content, store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		srv.ResetRequests()
		shift = 0
		url, err := st.Presign(t.Context(), key, 90*time.Second)
		if err != nil || len(srv.Requests()) != 0 {
			t.Fatalf("%s: %v after %q", name, err, Asked(srv))
		}
		if strings.Contains(url, keys.Secret) || !strings.Contains(url, keys.ID) {
			t.Errorf("%s: the URL shows the secret, or not whose it is", name)
		}
		if status, body := ask("GET", url); status != 200 || body != content {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if log := srv.Requests(); !log[0].Presigned || log[0].SignedAs != keys.ID {
			t.Errorf("%s: log %+v", name, log[0])
		}
		if status, body := ask("GET", url, "Range", "bytes=2-4"); status != 206 || body != "234" {
			t.Errorf("%s, a range: %d %s", name, status, body)
		}
		for _, method := range []string{"HEAD", "PUT", "DELETE"} {
			if status, _ := ask(method, url); status != 403 {
				t.Errorf("%s: %s is answered %d", name, method, status)
			}
		}
		if status, _ := ask("GET", strings.Replace(url, ".zip", ".mod", 1)); status != 403 {
			t.Errorf("%s: another object is answered %d", name, status)
		}
		for by, want := range map[time.Duration]int{30 * time.Second: 200, 92 * time.Second: 403} {
			shift = by
			if status, _ := ask("GET", url); status != want {
				t.Errorf("%s: %d after %v, want %d", name, status, by, want)
			}
		}
	}
}

// notPresigned are the URLs that are not made.
func notPresigned(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{})
	for _, ttl := range []time.Duration{-time.Second, 0, time.Second - 1, 12*time.Hour + 1} {
		url, err := st.Presign(t.Context(), "k", ttl)
		if url != "" {
			t.Errorf("%v: %s", ttl, url)
		}
		Says(t, ttl.String(), err, nil, "1s to 12h", "1s 到 12h")
	}
	if _, err := st.Presign(t.Context(), "k", 12*time.Hour); err != nil {
		t.Error(err)
	}
	if _, err := st.Presign(t.Context(), "a/../b", time.Minute); !errors.Is(err, store.ErrInvalidKey) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := st.Presign(ctx, "k", time.Minute); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for name, o := range map[string]remote.Options{
		"nobody's keys": {Keys: cred.Static(cred.Keys{})},
		"keys ended":    {Keys: cred.Static(cred.Keys{ID: "CANARY", Secret: "CANARY", Token: "CANARY", Expires: time.Now().Add(-time.Hour)})},
	} {
		url, err := s.Open(t, "", o).Presign(t.Context(), "k", time.Minute)
		if url != "" || err == nil {
			t.Errorf("%s: %q, %v", name, url, err)
		}
		Harmless(t, err)
	}
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}
