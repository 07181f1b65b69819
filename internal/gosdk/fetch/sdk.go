package fetch

import (
	"io"
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
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
	Open func() (io.ReadCloser, error)
}

// Proof says who vouches for an SDK and where its bytes came from.
type Proof struct {
	By     Voucher `json:"by"`
	Value  string  `json:"value"`  // the h1 or sha256 that was compared with
	Source string  `json:"source"` // path or URL, without secrets
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
