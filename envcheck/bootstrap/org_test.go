//go:build unix

package bootstrap

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestParseOrg(t *testing.T) {
	if o := corp(t); o.Name != "corp" || o.Sequence != 7 || len(o.Git) != 2 || o.Go.Version != "1.26.8" {
		t.Errorf("%+v", o)
	}
	for text, want := range map[string]string{
		"":                                      "empty",
		"version: 1\ncheck: {}":                 "no section bootstrap",
		"version: 1\nbootstrap: {goprox: x}":    "did you mean goproxy",
		"version: 1\nbootstrap: {gosumdb: off}": "private modules",
		"version: 1\nbootstrap: {gosumdb: 'sum.golang.org+https://x'}":                                            "gosumdb",
		"version: 1\nbootstrap: {goproxy: 'ftp://x'}":                                                             "goproxy",
		"version: 1\nbootstrap: {goproxy: \"https://a\\nGOFLAGS=-x\"}":                                            "one line",
		"version: 1\nbootstrap: {gotoolchain: foo}":                                                               "gotoolchain",
		"version: 1\nbootstrap: {private: ['https://git.corp.example']}":                                          "git.corp.example/team",
		"version: 1\nbootstrap: {git: [{host: 'user:pw@git.corp.example'}]}":                                      "without a password",
		"version: 1\nbootstrap: {git: [{host: git.corp.example, helper: '!rm -rf ~'}]}":                           "plain words",
		"version: 1\nbootstrap: {tools: [{module: golang.org/x/tools/gopls, version: latest}]}":                   "exact version",
		"version: 1\nbootstrap: {tools: [{module: golang.org/x/tools/gopls, version: v0.20}]}":                    "exact version",
		"version: 1\nbootstrap: {tools: [{module: example.com/a, package: example.com/ab, version: v1.0.0}]}":     "not in the module",
		"version: 1\nbootstrap: {tools: [{module: example.com/a, package: example.com/a/../b, version: v1.0.0}]}": "not in the module",
	} {
		_, err := ParseOrg("yingzao.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error()+msg.Hint(err).EN, want) {
			t.Errorf("%q: %v (%v)", text, err, msg.Hint(err))
		}
	}
	for tool, want := range map[Tool]string{
		{Module: "golang.org/x/tools/gopls"}: "gopls",
		{Module: "github.com/golangci/golangci-lint/v2", Package: "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"}: "golangci-lint",
		{Module: "example.com/tool/v3"}: "tool",
	} {
		if got := tool.name(); got != want {
			t.Errorf("%v is called %s", tool, got)
		}
	}
}

// A URL is believed with its sum alone; a lower sequence never.
func TestWhoIsBelieved(t *testing.T) {
	served := orgText
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/yingzao.yaml":
			_, _ = w.Write([]byte(served))
		case "/yingzao.yaml.sig":
			_, _ = w.Write([]byte("signed"))
		default:
			http.NotFound(w, r)
		}
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	sum := sha256.Sum256([]byte(orgText))
	url := srv.URL + "/yingzao.yaml"
	client, err := Client(nil, ca)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	ctx := context.Background()
	if o, err := LoadOrg(ctx, url, Voucher{SHA256: hex.EncodeToString(sum[:])}, client); err != nil || o.Name != "corp" {
		t.Error(o, err)
	}
	if _, err := LoadOrg(ctx, url, Voucher{}, client); err == nil || msg.KindOf(err) != msg.Usage || !strings.Contains(msg.Hint(err).EN, "minisign") {
		t.Errorf("without a sum: %v", err)
	}
	if _, err := LoadOrg(ctx, url, Voucher{SHA256: hex.EncodeToString(sum[:])}, nil); msg.KindOf(err) != msg.Usage {
		t.Errorf("offline: %v", err)
	}
	if _, err := LoadOrg(ctx, url, Voucher{SHA256: "abc"}, client); msg.KindOf(err) != msg.Usage {
		t.Errorf("a bad sum: %v", err)
	}
	signed := Voucher{Suffix: ".sig", Verify: func(data, signature []byte) error {
		if string(data) != orgText || string(signature) != "signed" {
			return errors.New("no good signature")
		}
		return nil
	}}
	if o, err := LoadOrg(ctx, url, signed, client); err != nil || o.Name != "corp" {
		t.Error(o, err)
	}
	served = strings.Replace(orgText, "goproxy.cn", "evil.example", 1)
	if _, err := LoadOrg(ctx, url, signed, client); msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), "no good signature") {
		t.Errorf("another text under the signature: %v", err)
	}
	signed.Suffix = ".other"
	if _, err := LoadOrg(ctx, url, signed, client); err == nil || !strings.Contains(msg.Hint(err).EN, "FILE.other") {
		t.Errorf("without a signature: %v", err)
	}
	if _, err := LoadOrg(ctx, url, Voucher{SHA256: hex.EncodeToString(sum[:])}, client); msg.KindOf(err) != msg.Findings {
		t.Errorf("another text: %v", err)
	}
	// B11: a certificate that nobody knows is named, and what to do.
	plain, err := Client(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.CloseIdleConnections()
	if _, err := LoadOrg(ctx, url, Voucher{SHA256: hex.EncodeToString(sum[:])}, plain); err == nil || !strings.Contains(msg.Hint(err).EN, "--ca") {
		t.Errorf("an unknown certificate: %v (%v)", err, msg.Hint(err))
	}

	dir := home(t, "dev")
	sdks, h1 := sdkDir(t, "go1.26.8")
	w := Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)}
	apply(t, look(t, dir), w)
	w.Org.Sequence = 6
	if _, err := plan(t, look(t, dir), w); msg.KindOf(err) != msg.Findings {
		t.Errorf("an old file: %v", err)
	}
	if _, err := look(t, dir).Undo(true); err != nil {
		t.Fatal(err)
	}
	if _, err := plan(t, look(t, dir), w); msg.KindOf(err) != msg.Findings {
		t.Errorf("an old file after undo: %v", err)
	}
	write(t, look(t, dir).join("state.json"), "{")
	if _, err := plan(t, look(t, dir), w); err == nil || msg.Hint(err).IsZero() {
		t.Errorf("a damaged state: %v", err)
	}
}

func TestOrgCA(t *testing.T) {
	srv := httptest.NewTLSServer(nil)
	srv.Close()
	cert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
	dir := t.TempDir()
	file := filepath.Join(dir, "yingzao.yaml")
	write(t, filepath.Join(dir, "site.pem"), cert)
	write(t, file, strings.Replace(orgText, "  go:", "  ca: site.pem\n  go:", 1))
	o, err := LoadOrg(context.Background(), file, Voucher{}, nil)
	if err != nil || o.CA != cert {
		t.Fatal(o, err)
	}
	// Who can change what lies beside a signed file shall not become its authority.
	text := sha256.Sum256([]byte(read(t, file)))
	for name, why := range map[string]Voucher{
		"sum":       {SHA256: hex.EncodeToString(text[:])},
		"signature": {Suffix: "", Verify: func(_, _ []byte) error { return nil }},
	} {
		if _, err := LoadOrg(context.Background(), file, why, nil); msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() {
			t.Errorf("%s: a certificate beside the file: %v", name, err)
		}
	}
	h := home(t, "开 发")
	sdks, h1 := sdkDir(t, "go1.26.8")
	apply(t, look(t, h), Wanted{Org: o, SDK: sdks, Offline: true, Pins: pins(h1)})
	d := look(t, h)
	if read(t, d.join("ca", "site.pem")) != cert {
		t.Error("the certificate is not there")
	}
	if profile := read(t, filepath.Join(h, ".profile")); d.OS == "linux" && !strings.Contains(profile, "SSL_CERT_DIR=\"${SSL_CERT_DIR:-/etc/ssl/certs}\":'"+d.join("ca")+"'; export SSL_CERT_DIR") {
		t.Error(profile)
	}
	if git := read(t, d.join("git", "config")); !strings.Contains(git, "sslCAInfo = \""+d.join("ca", "site.pem")+"\"") {
		t.Error(git)
	}
	o.CA = "-----BEGIN nothing"
	if _, err := plan(t, d, Wanted{Org: o, SDK: sdks, Offline: true, Pins: pins(h1)}); msg.KindOf(err) != msg.Usage {
		t.Error(err)
	}
}
