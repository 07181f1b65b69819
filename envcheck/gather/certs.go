package gather

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// Where Go looks for certificates on Linux (crypto/x509/root_linux.go).
var (
	certFiles = []string{
		"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
		"/etc/pki/tls/cacert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
	}
	certDirs = []string{"/etc/ssl/certs", "/etc/pki/tls/certs"}
)

func (l *look) certs() envcheck.Certs {
	c := envcheck.Certs{File: l.get("SSL_CERT_FILE")}
	if c.File != "" {
		c.FileOK = certificates(l.abs(c.File))
	}
	for _, d := range filepath.SplitList(l.get("SSL_CERT_DIR")) {
		c.Dirs = append(c.Dirs, d)
		c.DirsOK = c.DirsOK || filled(l.abs(d))
	}
	if runtime.GOOS != "linux" {
		c.System = "system store"
		return c
	}
	for _, f := range certFiles {
		if t := stat(f); t.Exists && t.Error == "" && t.Size > 0 {
			c.System = f
			return c
		}
	}
	for _, d := range certDirs {
		if filled(d) {
			c.System = d
			return c
		}
	}
	return c
}

// certificates reports whether a file holds one.
func certificates(path string) bool {
	rest := read(path).Data
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		if block.Type == "CERTIFICATE" {
			if _, err := x509.ParseCertificate(block.Bytes); err == nil {
				return true
			}
		}
	}
}

// filled reports whether a folder has an entry.
func filled(dir string) bool {
	if !isDir(dir) {
		return false
	}
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	names, _ := f.Readdirnames(1)
	return len(names) > 0
}
