package envcheck

import "io/fs"

// Machine is the computer and the user on it.
type Machine struct {
	OS         string   `json:"os"`            // GOOS word
	Arch       string   `json:"arch"`          // GOARCH word of the hardware, "" = not known; not of this program
	Kernel     string   `json:"kernel"`        // uname -r
	Libc       string   `json:"libc"`          // "glibc", "musl", "" = not known
	Distro     string   `json:"distro"`        // ID and VERSION_ID of os-release, "kylin V10"
	CPU        string   `json:"cpu"`           // model or vendor
	CPUFlags   []string `json:"cpu_flags"`     // as /proc/cpuinfo has them, sorted
	LoongWorld string   `json:"loong_world"`   // "old", "new"; "" = not LoongArch or not known
	WSL        bool     `json:"wsl,omitempty"` // Linux inside Windows
	UID        int      `json:"uid"`           // -1 on Windows
	Umask      int      `json:"umask"`         // -1 = not known
	Shell      string   `json:"shell"`         // base name of $SHELL
}

// Netrc is a netrc file without its passwords.
type Netrc struct {
	TextFile           // Data is always empty
	Machines  []string `json:"machines"`
	Default   bool     `json:"default"`    // has a default entry
	FromNetrc bool     `json:"from_netrc"` // named by $NETRC
}

// Dir is a folder that Go writes to.
type Dir struct {
	Name     string      `json:"name"` // "GOCACHE", "GOMODCACHE", "GOPATH", "GOBIN", "GOTMPDIR", "TMPDIR", "HOME"
	Path     string      `json:"path"`
	Exists   bool        `json:"exists"`
	IsDir    bool        `json:"is_dir"`
	Writable bool        `json:"writable"` // it, or where it would be made
	UID      int         `json:"uid"`
	Mode     fs.FileMode `json:"mode"`
	FS       string      `json:"fs"` // "ext4", "nfs", "overlay"; "" = not known
	ReadOnly bool        `json:"read_only"`
	NoExec   bool        `json:"no_exec"`
	FoldCase bool        `json:"fold_case"` // file names do not tell case apart
	Free     int64       `json:"free"`      // bytes for this user; -1 = not known
	Inodes   int64       `json:"inodes"`    // free; -1 = not known or unlimited
	Foreign  int         `json:"foreign"`   // entries right inside that belong to another user
	Error    string      `json:"error,omitempty"`
}

// Certs is what TLS trusts on this machine.
type Certs struct {
	File   string   `json:"file"`    // SSL_CERT_FILE
	FileOK bool     `json:"file_ok"` // readable and holds a certificate
	Dirs   []string `json:"dirs"`    // SSL_CERT_DIR
	DirsOK bool     `json:"dirs_ok"` // one of them exists and is not empty
	System string   `json:"system"`  // the bundle or folder Go finds by itself; "" = none
}

// Cgo is what building C parts would use.
type Cgo struct {
	CC      string `json:"cc"`      // command word
	Path    string `json:"path"`    // where it is; "" = not on PATH
	Machine string `json:"machine"` // gcc -dumpmachine; "" = not asked: only cross builds ask
}

// Registry is what Windows keeps beside the environment.
type Registry struct {
	LongPaths int    `json:"long_paths"` // 1, 0; -1 = not known
	UserPath  string `json:"user_path"`
	SysPath   string `json:"sys_path"`
	// Expand lists names whose registry type is REG_SZ although the value holds
	// a %…%.
	Expand []string `json:"expand"`
}

// Binary is a built program that was asked about.
type Binary struct {
	Path      string            `json:"path"`
	Error     string            `json:"error,omitempty"`
	OS        string            `json:"os"`
	Arch      string            `json:"arch"`
	GoVersion string            `json:"go_version"` // "" = no build information
	Settings  map[string]string `json:"settings"`   // build settings, "CGO_ENABLED": "0", "vcs.modified": "true"
	Main      string            `json:"main"`       // main module and version, "example.com/app v1.2.3"
	Static    bool              `json:"static"`
	Interp    string            `json:"interp"`
	Needed    []string          `json:"needed"`
	PIE       bool              `json:"pie"`
	Paths     []string          `json:"paths"` // a few build-machine paths that stand inside
}
