package assemble

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// needs skips a test whose tools are absent, or fails it where they are required.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			absent(t, err.Error())
		}
	}
}

func absent(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// fakeSDK is an SDK of a few files; extra ones come on top.
func fakeSDK(arch string, extra map[string]string) *fetch.SDK {
	contents := map[string]string{
		"VERSION":                          "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":                           "GOPROXY=https://proxy.example,direct\n",
		"bin/go":                           program(arch),
		"bin/gofmt":                        program(arch) + "fmt",
		"pkg/tool/linux_" + arch + "/link": program(arch) + "link",
		"src/go.mod":                       "module std\n",
		"src/" + strings.Repeat("long/", 30) + "x.go": "package x\n",
		"src/fmt/print.go":                            "package fmt\n" + strings.Repeat("// text that packs well\n", 2000),
		"lib/wasm/go_js_wasm_exec":                    "#!/bin/sh\n",
		"src/名/文.go":                                  "package 文\n",
	}
	for k, v := range extra {
		contents[k] = v
	}
	return newSDK(gosdk.Release{Version: "go1.26.8", GOOS: "linux", GOARCH: arch}, contents)
}

func newSDK(r gosdk.Release, contents map[string]string) *fetch.SDK {
	sdk := &fetch.SDK{Release: r, Proof: fetch.Proof{By: fetch.Database, Source: "/home/dev/sdk"}}
	tree := gosdk.Tree{Release: r}
	for name, content := range contents {
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") || strings.HasSuffix(name, "_exec") {
			mode = 0o755
		}
		sdk.Files = append(sdk.Files, fetch.File{Name: name, Mode: mode, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(content)), nil
		}})
		tree.Files = append(tree.Files, gosdk.File{Name: inModule(name), Sum: sha256.Sum256([]byte(content))})
	}
	sortFiles(sdk, &tree)
	sdk.H1 = tree.H1()
	sdk.Proof.Value = sdk.H1
	return sdk
}

func sortFiles(sdk *fetch.SDK, tree *gosdk.Tree) {
	slices.SortFunc(sdk.Files, func(a, b fetch.File) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(tree.Files, func(a, b gosdk.File) int { return strings.Compare(a.Name, b.Name) })
}

// program is the head of an ELF file for the architecture.
func program(arch string) string {
	head := make([]byte, 64)
	copy(head, "\x7fELF\x02\x01\x01")
	binary.LittleEndian.PutUint16(head[16:], uint16(elf.ET_EXEC))
	binary.LittleEndian.PutUint16(head[18:], uint16(machineOf(arch)))
	return string(head)
}

// entry is one entry of a test's tar.
type entry struct {
	name, content string
	kind          byte // 0 = a file, or a directory if the name ends in a slash
	link          string
	mode          int64 // 0 = 0755
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	tw := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Linkname: e.link, Size: int64(len(e.content)), Mode: e.mode}
		if h.Mode == 0 {
			h.Mode = 0o755
		}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
			if strings.HasSuffix(e.name, "/") {
				h.Typeflag = tar.TypeDir
			}
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(tw, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const debianRelease = "ID=debian\nVERSION_ID=\"12\"\n"

// debianRoot is a tiny root of Debian's kind with a merged /usr.
func debianRoot(arch string, more ...entry) []entry {
	return append([]entry{
		{name: "./"},
		{name: "./bin", kind: tar.TypeSymlink, link: "usr/bin"},
		{name: "./lib", kind: tar.TypeSymlink, link: "usr/lib"},
		{name: "./etc/"},
		{name: "./etc/passwd", content: "root:x:0:0:root:/root:/bin/bash\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n", mode: 0o644},
		{name: "./etc/group", content: "root:x:0:\n", mode: 0o644},
		{name: "./etc/os-release", kind: tar.TypeSymlink, link: "../usr/lib/os-release"},
		{name: "./tmp/", mode: 0o1777},
		{name: "./usr/"}, {name: "./usr/bin/"}, {name: "./usr/lib/"}, {name: "./usr/local/"},
		{name: "./usr/lib/os-release", content: debianRelease},
		{name: "./usr/bin/sh", content: program(arch)},
		{name: "./usr/bin/dash", kind: tar.TypeLink, link: "./usr/bin/sh"},
		{name: "./dev/null", kind: tar.TypeChar},
		{name: "./var/lib/dpkg/status", content: "Package: dash\nStatus: install ok installed\nVersion: 0.5.12-2\nArchitecture: " + arch + "\n"},
	}, more...)
}

// writeRoot writes a rootfs tar and returns its source.
func writeRoot(t testing.TB, entries ...entry) Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rootfs.tar")
	write(t, path, tarOf(t, entries...))
	return Source{Kind: Rootfs, Path: path}
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// listLayer lists a layer: "mode uid:gid name size-or-link".
func listLayer(t testing.TB, l *blob) []string {
	t.Helper()
	r, err := l.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var out []string
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname+h.Gname != "" {
			t.Errorf("%s belongs to %d:%d %s:%s", h.Name, h.Uid, h.Gid, h.Uname, h.Gname)
		}
		out = append(out, fmt.Sprintf("%04o %s %d", h.Mode, h.Name, h.Size))
	}
}

// build builds and fails the test if it cannot.
func build(t testing.TB, o Options) *Result {
	t.Helper()
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatalf("%v\n%v", err, msg.Hint(err))
	}
	return r
}

// options are for one output directory below a new folder.
func options(t testing.TB, platforms ...Platform) Options {
	t.Helper()
	return Options{
		Platforms: platforms, Cache: filepath.Join(t.TempDir(), "cache"),
		Output: Output{Kind: Layout, Path: filepath.Join(t.TempDir(), "out")},
	}
}

// refused wants an error of ours, in both languages, that says the word.
func refused(t testing.TB, err error, word string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), word) {
		t.Errorf("error %v does not say %q", err, word)
		return
	}
	zh := msg.In(err, msg.Chinese)
	if !strings.ContainsFunc(zh, func(r rune) bool { return r > 0x2e80 }) {
		t.Errorf("no Chinese in %q", zh)
	}
}

// nothingIn wants nothing in a directory, not even hidden.
func nothingIn(t testing.TB, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("left behind: %s", e.Name())
	}
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
