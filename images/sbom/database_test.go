package sbom

import (
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

const dpkgStatus = `Package: base-files
Status: install ok installed
Priority: required
Architecture: amd64
Version: 12.4+deb12u7
Conffiles:
 /etc/debian_version 1fcf7d3a6f5b2f7f1ad5f5b4c9d0
 Package: not-a-field
Description: Debian base system miscellaneous files
 Version: 9.9
 .

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: libc6
Status: install ok installed
Source: glibc (2.36-9)
Architecture: amd64
Multi-Arch: same
Version: 2.36-9+deb12u8

Package: no-version
Status: install ok installed

Package: half
Status: install ok half-installed
Version: 3
`

func TestReadDpkg(t *testing.T) {
	got, err := ReadDpkg(strings.NewReader(dpkgStatus))
	want := []Package{
		{Kind: "deb", Name: "base-files", Version: "12.4+deb12u7", Arch: "amd64"},
		{Kind: "deb", Name: "libc6", Version: "2.36-9+deb12u8", Arch: "amd64", Source: "glibc"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	// One file of status.d has no Status and no empty line at its end.
	got, err = ReadDpkg(strings.NewReader("Package: tzdata\nVersion: 2024a\nArchitecture: all\n"))
	if err != nil || len(got) != 1 || got[0].Name != "tzdata" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadAPK(t *testing.T) {
	const db = "C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:loongarch64\no:musl\nF:lib\nR:ld-musl-loongarch64.so.1\na:0:0:755\n\nP:libcrypto3\nV:3.3.2-r0\nA:loongarch64\no:openssl\n\n"
	got, err := ReadAPK(strings.NewReader(db))
	want := []Package{
		{Kind: "apk", Name: "musl", Version: "1.2.5-r9", Arch: "loongarch64"},
		{Kind: "apk", Name: "libcrypto3", Version: "3.3.2-r0", Arch: "loongarch64", Source: "openssl"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDatabaseErrors(t *testing.T) {
	if _, err := ReadDpkg(strings.NewReader("Package: " + strings.Repeat("x", longestLine))); err == nil {
		t.Error("a line without end was read")
	}
	if _, err := ReadAPK(iotest.ErrReader(iotest.ErrTimeout)); err == nil {
		t.Error("the reader's error is lost")
	}
	if got, err := ReadDpkg(strings.NewReader("")); got != nil || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(dpkgStatus)
	f.Add("P:a\nV:1\n\n")
	f.Add("Package:\n\n\n: \n")
	f.Fuzz(func(t *testing.T, s string) {
		for _, read := range []func(string) ([]Package, error){
			func(s string) ([]Package, error) { return ReadDpkg(strings.NewReader(s)) },
			func(s string) ([]Package, error) { return ReadAPK(strings.NewReader(s)) },
		} {
			packages, err := read(s)
			if err != nil {
				continue
			}
			for _, p := range packages {
				if p.Name == "" || p.Version == "" || strings.ContainsAny(p.url(Base{}), " \t\r\n") {
					t.Errorf("%+v", p)
				}
			}
			if _, err := Document(Image{Name: "x", Packages: packages}); err != nil {
				t.Error(err)
			}
		}
	})
}
