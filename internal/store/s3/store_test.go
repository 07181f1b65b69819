package s3_test

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestConformance(t *testing.T) {
	for name, url := range map[string]string{
		"host style over TLS": "s3://releases/some/prefix?endpoint=s3.us-east-1.storage.test&minpart=1000",
		"path style":          "s3://releases?endpoint=http://s3.us-east-1.storage.test&path=1&minpart=1000&region=us-east-1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site.Presigned(t, url, bucket.Options{MinPart: 1000})
			storetest.Run(t, func(t *testing.T) store.Store {
				return site.Open(t, url, remotetest.Through(site.Server(t, bucket.Options{MinPart: 1000})))
			})
		})
	}
}

// gofakes3 checks no signature, obeys conditions of Put but not of Complete, which
// the store finds out by itself, and takes no empty part.
func TestConformanceOfAnotherServer(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		backend := s3mem.New()
		if err := backend.CreateBucket("releases"); err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(gofakes3.New(backend).Server())
		t.Cleanup(srv.Close)
		var heard []msg.Text
		st := site.Open(t, "s3://releases/p?endpoint="+srv.URL+"&minpart=1000", s3.Options{Warn: func(w msg.Text) { heard = append(heard, w) }})
		if !st.Caps().IfAbsent || len(heard) != 0 {
			t.Fatal("it is not known yet that the server ignores conditions")
		}
		ctx := context.Background()
		if _, err := st.Put(ctx, "probe", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true}); err != nil {
			t.Fatal(err)
		}
		if st.Caps().IfAbsent || len(heard) != 1 || !strings.Contains(heard[0].EN, "ignores If-None-Match") || !strings.Contains(heard[0].ZH, "忽略 If-None-Match") {
			t.Fatal("the server is believed to obey conditions")
		}
		if err := st.Delete(ctx, "probe"); err != nil {
			t.Fatal(err)
		}
		return noEmptyPart{st, t}
	})
}

// A real server, MinIO for one, is named by an s3 URL in YINGZAO_TEST_S3, its keys
// by the usual variables. The bucket is there, and what the test makes in it stays.
func TestConformanceOfARealServer(t *testing.T) {
	raw := os.Getenv("YINGZAO_TEST_S3")
	if raw == "" {
		t.Skip("YINGZAO_TEST_S3 names no server")
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(t *testing.T) store.Store {
		fresh := *u
		fresh.Path += "/" + rand.Text()
		return site.Open(t, fresh.String(), s3.Options{Credentials: cred.Options{Environ: os.Environ()}})
	})
}

type noEmptyPart struct {
	store.Store
	t *testing.T
}

func (s noEmptyPart) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := s.Store.Begin(ctx, key, o)
	return skipEmpty{u, s.t}, err
}

type skipEmpty struct {
	store.Upload
	t *testing.T
}

func (u skipEmpty) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.Upload.Part(ctx, n, body, size)
	if size == 0 && err != nil && !errors.Is(err, store.ErrIntegrity) {
		u.t.Skip("gofakes3 takes no empty part:", err)
	}
	return info, err
}
