package sbom

import (
	"bufio"
	"io"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// longestLine is more than any field of a real database; the longest are lists of
// dependencies and configuration files, which we do not read.
const longestLine = 1 << 20

// ReadDpkg reads Debian's database of installed packages, var/lib/dpkg/status, or
// one file of var/lib/dpkg/status.d, where images without dpkg keep it. Packages
// that were removed and left their configuration are not installed. What is no
// stanza is passed over; the error is r's own, or about a line without end.
func ReadDpkg(r io.Reader) ([]Package, error) {
	return read(r, ": ", func(f map[string]string) Package {
		if status := f["Status"]; status != "" && !strings.HasSuffix(status, " installed") {
			return Package{}
		}
		source, _, _ := strings.Cut(f["Source"], " ") // "glibc (2.36-9)": a version of its own
		return Package{Kind: "deb", Name: f["Package"], Version: f["Version"], Arch: f["Architecture"], Source: source}
	})
}

// ReadAPK reads Alpine's database of installed packages, lib/apk/db/installed. It
// is as lenient as ReadDpkg.
func ReadAPK(r io.Reader) ([]Package, error) {
	return read(r, ":", func(f map[string]string) Package {
		return Package{Kind: "apk", Name: f["P"], Version: f["V"], Arch: f["A"], Source: f["o"]}
	})
}

// read hands the fields of each stanza to pick. A line that goes on the one
// before it begins with a blank and belongs to a field that nobody asks for.
func read(r io.Reader, separator string, pick func(map[string]string) Package) ([]Package, error) {
	var out []Package
	fields := map[string]string{}
	flush := func() {
		if p := pick(fields); p.Name != "" && p.Version != "" {
			if p.Source == p.Name {
				p.Source = ""
			}
			out = append(out, p)
		}
		clear(fields)
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		line := lines.Text()
		if strings.TrimSpace(line) == "" {
			flush()
			continue
		}
		name, value, ok := strings.Cut(line, separator)
		if _, twice := fields[name]; ok && !twice && !strings.ContainsAny(name, " \t") {
			fields[name] = strings.TrimSpace(value)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, msg.Errorf("read package database: %w", "读取软件包数据库：%w", err)
	}
	flush()
	return out, nil
}
