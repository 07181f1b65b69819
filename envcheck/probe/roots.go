package probe

import (
	"crypto/x509"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// maxRoots bounds what is read of one file of authorities; the whole of Mozilla's
// is a quarter of it.
const maxRoots = 1 << 20

// roots are the system's authorities and those that the snapshot's environment
// names; nil when it names none, or where Go does not read the variables
// (crypto/x509/root_unix.go). What cannot be read there is reported by a rule.
func roots(v *envcheck.View) *x509.CertPool {
	if v.Machine.OS == "windows" || v.Machine.OS == "darwin" || v.Machine.OS == "ios" {
		return nil
	}
	var pems [][]byte
	add := func(name string) {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxRoots {
			return
		}
		data, err := os.ReadFile(name)
		if err == nil && x509.NewCertPool().AppendCertsFromPEM(data) {
			pems = append(pems, data)
		}
	}
	if file, _ := v.Env.Process("SSL_CERT_FILE"); file != "" {
		add(file)
	}
	dirs, _ := v.Env.Process("SSL_CERT_DIR")
	for _, dir := range filepath.SplitList(dirs) {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			add(filepath.Join(dir, e.Name()))
		}
	}
	if len(pems) == 0 {
		return nil
	}
	pool, err := httpx.Pool(pems...)
	if err != nil {
		return nil // each was tried above
	}
	return pool
}
