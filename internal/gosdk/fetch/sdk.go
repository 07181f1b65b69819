package fetch

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// SDK is a Go SDK whose content is vouched for. Close it when done.
type SDK struct {
	Release gosdk.Release
	// ABI is "" for the Go that everybody else means, "abi1.0" for Loongson's
	// toolchain of the old LoongArch world.
	ABI   string
	H1    string // of the files in the toolchain module's form: "h1:…"; computed here, never taken over
	Proof Proof
	// Files are sorted by name; directories are implied.
	Files []File
	// Close releases what Open reads from; nil = nothing to release.
	Close func() error
}

// File is one regular file of an SDK.
type File struct {
	Name string      // relative to GOROOT, slash separated
	Mode fs.FileMode // 0755 or 0644
	Size int64
	// Open reads the content. The end of it is an error, not io.EOF, when it is no
	// longer what was vouched for. Open may be called by several goroutines.
	Open func() (io.ReadCloser, error)
}

// Proof says who vouches for an SDK and where its bytes came from.
type Proof struct {
	By     Voucher `json:"by"`
	Value  string  `json:"value"`  // the h1 or sha256 that was compared with
	Source string  `json:"source"` // path or URL, without secrets
	// Restored names the files of a GOROOT whose official text was used instead of
	// the one found: go.env, or none.
	Restored []string `json:"restored,omitempty"`
}

// Voucher is the kind of a proof. The words are stable.
type Voucher string

// The vouchers.
const (
	Database     Voucher = "checksum-database" // proven to be in the signed log, asked now
	ProofFile    Voucher = "proof-file"        // the same, from a proof file, without a network
	PinnedH1     Voucher = "pinned-h1"
	PinnedSHA256 Voucher = "pinned-sha256"
)

// entry is one file of a source: its name and sum in the module's form, and how to
// read it.
type entry struct {
	gosdk.File
	size int64
	open func() (io.ReadCloser, error)
}

// newSDK makes an SDK, not vouched for yet, of the entries of a source, in any
// order.
func newSDK(r gosdk.Release, abi, source string, entries []entry) (*SDK, error) {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	sums := make([]gosdk.File, len(entries))
	files := make([]File, len(entries))
	for i, e := range entries {
		name := onDisk(e.Name)
		sums[i] = e.File
		files[i] = File{Name: name, Mode: mode(name), Size: e.size, Open: verified(name, e)}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	for i, f := range files {
		switch {
		case !safe(f.Name):
			return nil, msg.Errorf("read SDK %s: %q is no name of a file", "读取 SDK %s：%q 不是合法的文件名", source, f.Name).WithKind(msg.Findings)
		case i > 0 && files[i-1].Name == f.Name:
			return nil, msg.Errorf("read SDK %s: %s is there twice", "读取 SDK %s：%s 重复出现", source, f.Name).WithKind(msg.Findings)
		}
	}
	return &SDK{Release: r, ABI: abi, H1: gosdk.H1(r, sums), Files: files, Proof: Proof{Source: source}}, nil
}

// safe reports whether a name means the same file on every system.
func safe(name string) bool {
	return fs.ValidPath(name) && name != "." && !strings.ContainsAny(name, "\\:\x00\n")
}

// onDisk is the name in a GOROOT of a file of the module.
func onDisk(name string) string {
	if dir, base := path.Split(name); base == "_go.mod" {
		return dir + "go.mod"
	}
	return name
}

// goExec are the scripts with which the go command runs programs of other
// platforms.
var goExec = lazyre.New(`(^|/)go_[^/]+_[^/]+_exec$`)

// mode is that of cmd/distpack, which made all archives; the module cache keeps
// no modes.
func mode(name string) fs.FileMode {
	switch {
	case strings.HasPrefix(name, "bin/"), strings.HasPrefix(name, "pkg/tool/"), goExec.Re().MatchString(name):
		return 0o755
	}
	switch path.Ext(name) {
	case ".bash", ".sh", ".pl", ".rc":
		return 0o755
	}
	return 0o644
}

// file returns the SDK's file of that name; nil if there is none.
func (s *SDK) file(name string) *File {
	if i, ok := slices.BinarySearchFunc(s.Files, name, func(f File, n string) int { return cmp.Compare(f.Name, n) }); ok {
		return &s.Files[i]
	}
	return nil
}

func (s *SDK) close() {
	if s.Close != nil {
		_ = s.Close()
	}
}
