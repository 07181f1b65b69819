package remotetest

import (
	"context"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

func (s Site) schemes() store.Schemes {
	return store.Schemes{s.Dialect.String(): s.Opener(remote.Options{Keys: cred.Static(Lasting)})}
}

// Refuses checks that URLs are refused as a mistake of the user's, in both
// languages, and what the error and its hint say; "" for anything.
func (s Site) Refuses(t *testing.T, urls map[string][2]string) {
	t.Helper()
	for raw, want := range urls {
		_, err := s.schemes().Open(t.Context(), raw)
		h := msg.Hint(err)
		switch {
		case err == nil:
			t.Errorf("%s was opened", raw)
		case !strings.Contains(err.Error(), want[0]) || !strings.Contains(h.EN, want[1]) || (h.EN == "") != (h.ZH == "") || msg.KindOf(err) != msg.Usage:
			t.Errorf("%s: %v (%s), want %q", raw, err, h, want)
		case msg.In(err, msg.Chinese) == err.Error():
			t.Errorf("%s: no Chinese in %v", raw, err)
		}
	}
}

// FuzzOpen opens any URL and, if there is a store, opens it again by its name;
// same, unless nil, compares the two.
func (s Site) FuzzOpen(f *testing.F, same func(t *testing.T, raw string, a, b *remote.Store), seeds ...string) {
	for _, seed := range append(seeds, s.URL, s.Internal) {
		f.Add(seed)
	}
	schemes := s.schemes()
	f.Fuzz(func(t *testing.T, raw string) {
		st, err := schemes.Open(context.Background(), raw)
		if err != nil {
			if h := msg.Hint(err); (h.EN == "") != (h.ZH == "") || msg.KindOf(err) != msg.Usage {
				t.Errorf("%q: %v, hint %+v", raw, err, h)
			}
			return
		}
		again, err := schemes.Open(context.Background(), st.URL())
		if err != nil || again.URL() != st.URL() {
			t.Fatalf("%q calls itself %q, which is %v, %v", raw, st.URL(), again, err)
		}
		if same != nil {
			same(t, raw, st.(*remote.Store), again.(*remote.Store))
		}
	})
}
