package gotool

import (
	"crypto/sha256"
	"encoding/hex"
	goversion "go/version"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// Compare orders two versions in the form of runtime.Version; vendor suffixes
// ("go1.26.8-abi1.0", "go1.26.8 X:…") count as the version they extend, and a
// development version as newer than every release.
func Compare(a, b string) int {
	return goversion.Compare(plain(a), plain(b))
}

func plain(v string) string {
	v, _, _ = strings.Cut(v, " ")
	if strings.HasPrefix(v, "devel") {
		return "go999"
	}
	if base, _, found := strings.Cut(v, "-"); found {
		v = base
	}
	return v
}

// wantedGo is what the nearest go.mod at or above dir demands, as "go1.27.1";
// "" when it demands nothing.
func wantedGo(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if b, err := os.ReadFile(filepath.Join(abs, "go.mod")); err == nil {
			f, err := modfile.ParseLax("go.mod", b, nil)
			if err != nil || f.Go == nil {
				return ""
			}
			return "go" + f.Go.Version
		}
		up := filepath.Dir(abs)
		if up == abs {
			return ""
		}
		abs = up
	}
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}
