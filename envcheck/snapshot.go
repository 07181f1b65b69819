package envcheck

import (
	"io/fs"
	"time"
)

// Snapshot is all that rules may read about a machine, a user and a project. It
// holds no secrets: passwords are left out when it is gathered, and the
// environment is cut down to the variables that mean something to Go.
type Snapshot struct {
	Schema  int       `json:"schema"` // 1
	Taken   time.Time `json:"taken"`
	Machine Machine   `json:"machine"`
	Dir     string    `json:"dir"`  // where the check was asked for, absolute
	Home    string    `json:"home"` // "" = not known
	Environ []string  `json:"environ"`
	EnvFile EnvFile   `json:"env_file"`

	// Gos is every go on PATH in its order, so that the first is the one that
	// runs; those that cannot run (a broken link, no permission) stand last.
	Gos    []GoBinary `json:"gos"`
	Goroot Goroot     `json:"goroot"` // of the first go
	// GoEnv is go env -json run in Dir, less CGO_CFLAGS and its like, PKG_CONFIG
	// and GOGCCFLAGS, which would cost a run of the C compiler. GOTOOLCHAIN is the
	// user's, although the command ran with local. nil = there is no go or it failed.
	GoEnv map[string]string `json:"go_env"`
	// GoError is what go env said when it failed: the first line, without secrets.
	GoError string `json:"go_error,omitempty"`
	// Toolchains are the other Go versions that the go command finds without
	// downloading: commands named go1.N on PATH, in its order, then those in the
	// module cache.
	Toolchains []ReadyToolchain `json:"toolchains,omitempty"`

	Module Module `json:"module"`
	// FileMirrors are the file:// entries of GOPROXY in force.
	FileMirrors []FileMirror `json:"file_mirrors,omitempty"`

	Settings []Setting `json:"settings"` // made elsewhere: shell files, Dockerfiles, CI files, the Windows registry
	CIFiles  []CIFile  `json:"ci_files"` // what CI files say beside settings
	Git      Git       `json:"git"`
	Netrc    []Netrc   `json:"netrc"` // those that exist, in the order go looks for them
	Dirs     []Dir     `json:"dirs"`  // folders that Go writes to
	Certs    Certs     `json:"certs"`
	Cgo      Cgo       `json:"cgo"`
	Registry Registry  `json:"registry"` // Windows only
	Binaries []Binary  `json:"binaries"` // programs that were asked about

	Network *Network `json:"network,omitempty"` // nil = not asked (--online)
	Deep    *Deep    `json:"deep,omitempty"`    // nil = not asked (--deep)

	// Execs is how many commands gathering ran.
	Execs int `json:"execs"`
	// Missing is what could not be learnt: the check is incomplete.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is one part of a check that was impossible.
type Missing struct {
	What   string `json:"what"`   // "go env", "probe https://goproxy.cn"
	Reason string `json:"reason"` // without secrets
}

// TextFile is a small file with its content. The zero value does not exist.
type TextFile struct {
	Path   string      `json:"path"` // "" = there is none to look for
	Exists bool        `json:"exists"`
	Data   []byte      `json:"data,omitempty"` // cut at 1 MiB
	Size   int64       `json:"size,omitempty"`
	Mode   fs.FileMode `json:"mode,omitempty"`
	UID    int         `json:"uid"` // owner; -1 on Windows
	Error  string      `json:"error,omitempty"`
}

// EnvFile is the user's env file.
type EnvFile struct {
	TextFile
	Off      bool `json:"off"`      // GOENV=off
	Chosen   bool `json:"chosen"`   // named by GOENV
	Writable bool `json:"writable"` // it, or where it would be made
}

// GoBinary is a go command on PATH.
type GoBinary struct {
	Path     string `json:"path"`
	Resolved string `json:"resolved"` // symbolic links followed; "" = they lead nowhere
	Version  string `json:"version"`  // of its build information, "go1.26.8"; "" = unreadable, or not the go command itself (a script, a version manager)
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Error    string `json:"error,omitempty"` // why it cannot be read or run: broken link, another format
}

// ReadyToolchain is a Go version that is there already.
type ReadyToolchain struct {
	Name string `json:"name"` // "go1.27.0"
	Path string `json:"path"` // the command, or the folder in the module cache
	From string `json:"from"` // "path", "cache"
}

// Goroot is the root of the first go.
type Goroot struct {
	Path    string   `json:"path"` // "" = none was found
	From    string   `json:"from"` // "process", "env-file", "command" (where go stands)
	Exists  bool     `json:"exists"`
	Tools   bool     `json:"tools"`   // pkg/tool is there
	Version string   `json:"version"` // first line of VERSION, "go1.26.8"
	GoEnv   TextFile `json:"go_env"`
	// OwnPath is the root that the go command stands in, whatever GOROOT says;
	// "" = it stands in none.
	OwnPath string `json:"own_path"`
}
