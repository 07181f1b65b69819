package inspect

import "time"

// The formats of an executable.
const (
	ELF       = "elf"
	PE        = "pe"
	MachO     = "macho"
	Universal = "universal" // a Mach-O file with one slice per architecture
)

// The types of file. A universal file has the type of its first slice.
const (
	Exec   = "exec"   // a program at a fixed address; any program on Windows
	PIE    = "pie"    // a position-independent program
	Shared = "shared" // a library or plug-in
	Object = "object" // not linked yet
	Other  = "other"  // a core dump, a kernel extension
)

// The worlds of LoongArch.
const (
	NewWorld      = "new"
	OldWorld      = "old"
	UnknownWorld  = "unknown"  // only e_flags spoke
	ConflictWorld = "conflict" // two witnesses disagree
)

// Facts is everything read from one executable; nothing in it is judged. The
// JSON names are a contract: they appear in manifests.
type Facts struct {
	Format string `json:"format"`          // ELF, PE, MachO, Universal
	Size   int64  `json:"size"`            // bytes
	OS     string `json:"os"`              // GOOS; for ELF without a mark of its own, what Go wrote, else linux
	Arch   string `json:"arch"`            // GOARCH from the header; the raw machine in lower case when Go has no name
	Level  string `json:"level,omitempty"` // GOAMD64, GOARM64… as Go wrote it; "" when not written
	Type   string `json:"type"`

	Interp   string   `json:"interp,omitempty"`  // the dynamic loader of an ELF file
	Dynamic  bool     `json:"dynamic,omitempty"` // an ELF file has PT_DYNAMIC
	Needed   []string `json:"needed,omitempty"`  // libraries loaded at start: DT_NEEDED, DLLs, dylibs
	Glibc    string   `json:"glibc,omitempty"`   // the highest GLIBC_x.y that an ELF file asks for, as x.y
	Imports  int      `json:"imports,omitempty"` // undefined dynamic symbols of an ELF file
	Stripped bool     `json:"stripped"`          // neither symbol table nor debug information

	Align     uint64 `json:"align,omitempty"` // the least alignment of a PT_LOAD, bytes
	WX        bool   `json:"wx,omitempty"`    // a segment is writable and executable
	ExecStack bool   `json:"exec_stack,omitempty"`
	UPX       bool   `json:"upx,omitempty"`
	EFlags    uint32 `json:"e_flags,omitempty"`

	World  string `json:"world,omitempty"`  // "" when not LoongArch
	Sigset int    `json:"sigset,omitempty"` // bytes, 8 or 16; 0 when not LoongArch or not decoded

	PE     *PEFacts    `json:"pe,omitempty"`     // nil unless PE
	MachO  *MachOFacts `json:"macho,omitempty"`  // nil unless Mach-O
	Slices []*Facts    `json:"slices,omitempty"` // of a universal file, else nil

	Go *GoInfo `json:"go,omitempty"` // nil when Go's build information is absent or unreadable
}

// PEFacts is what only Windows files have.
type PEFacts struct {
	Timestamp uint32 `json:"timestamp"` // seconds since 1970; Go writes 0
	ASLR      bool   `json:"aslr"`
	NX        bool   `json:"nx"`
}

// MachOFacts is what only macOS and iOS files have.
type MachOFacts struct {
	UUID   string `json:"uuid,omitempty"`   // "" when there is none
	Signed bool   `json:"signed"`           // a code signature is there; whose and whether it holds is not looked at
	MinOS  string `json:"min_os,omitempty"` // for example 12.0
}

// GoInfo is what the go command wrote into the file.
type GoInfo struct {
	Version        string `json:"version"`          // go1.26.8
	Path           string `json:"path,omitempty"`   // the main package
	Module         string `json:"module,omitempty"` // the main module
	ModuleVersion  string `json:"module_version,omitempty"`
	GOOS           string `json:"goos,omitempty"`
	CGO            *bool  `json:"cgo,omitempty"` // nil when not written
	Trimpath       bool   `json:"trimpath"`
	Tags           string `json:"tags,omitempty"`
	Ldflags        string `json:"ldflags,omitempty"` // not written by go with -trimpath
	BuildMode      string `json:"buildmode,omitempty"`
	Experiment     string `json:"experiment,omitempty"`
	DefaultGODEBUG string `json:"default_godebug,omitempty"`
	Race           bool   `json:"race,omitempty"`

	VCS      string     `json:"vcs,omitempty"`
	Revision string     `json:"revision,omitempty"`
	VCSTime  *time.Time `json:"vcs_time,omitempty"` // of the commit; nil when not written
	Modified *bool      `json:"modified,omitempty"` // nil when not written

	Deps         int      `json:"deps"`
	Vendored     bool     `json:"vendored,omitempty"`      // a dependency has no checksum
	LocalReplace []string `json:"local_replace,omitempty"` // modules that came from a directory: replace or go.work

	// Settings are all build settings by name, those above included.
	Settings map[string]string `json:"settings,omitempty"`
}
