package envcheck

// Module is the project's modules. The zero value is no module.
type Module struct {
	GoMod   TextFile   `json:"go_mod"`
	GoSum   TextFile   `json:"go_sum"`
	GoWork  TextFile   `json:"go_work"`  // in force; GOWORK=off gives none
	Vendor  TextFile   `json:"vendor"`   // vendor/modules.txt
	Members []TextFile `json:"members"`  // go.mod of each workspace member, absent ones too
	RepoDir string     `json:"repo_dir"` // the git work tree around Dir; "" = none
	RepoUID int        `json:"repo_uid"`
	// CacheMissing are the modules, path@version, that go.mod requires (after its
	// replacements; none that is replaced by a folder) and whose .info, .mod or
	// .zip is not in GOMODCACHE/cache/download; nil = all are there, or there is no
	// go.mod. Looked at only where the first entry of GOPROXY is off.
	CacheMissing []string `json:"cache_missing,omitempty"`
}

// FileMirror is a folder that GOPROXY names by a file:// URL.
type FileMirror struct {
	URL   string `json:"url"`    // as url.URL.String writes it
	Path  string `json:"path"`   // of the URL, for this system
	IsDir bool   `json:"is_dir"` // exists and is a folder
	// Layout is the folder below Path that holds modules (<module>/@v): "." where
	// it is Path itself, "cache/download" or "pkg/mod/cache/download" where it is
	// there; "" = none of them does.
	Layout string `json:"layout"`
}

// Setting is a value that is given to a Go setting somewhere.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Place Place  `json:"place"`
	// InForce: this is the value that the go command uses here and now.
	InForce bool `json:"in_force"`
	// Raw is the line as written where that differs in a way that matters
	// (quotes, a $, which is not expanded, an unquoted pipe, at which the value
	// ends); "" = nothing to add.
	Raw string `json:"raw,omitempty"`
}

// Origins of settings beside goenv's.
const (
	FromShell   = "shell" // a shell start file
	FromDocker  = "dockerfile"
	FromGitLab  = "gitlab-ci"
	FromJenkins = "jenkinsfile"
	FromScript  = "script" // a file named on the command line
	FromUserReg = "registry-user"
	FromSysReg  = "registry-system"
)

// CIFile is what a CI file or Dockerfile says beside settings.
type CIFile struct {
	Path   string   `json:"path"`
	Kind   string   `json:"kind"`   // an origin, FromGitLab…
	Caches []CIPath `json:"caches"` // paths that are kept between jobs
	Lines  []CILine `json:"lines"`  // script lines and instructions
	// Strays are keywords of a cache section (key, paths, policy, untracked) that
	// stand outside of one, because their indentation was lost.
	Strays []CILine `json:"strays,omitempty"`
	Error  string   `json:"error,omitempty"`
}

// CIPath is a path in a cache section.
type CIPath struct {
	Path string `json:"path"`
	Line int    `json:"line"`
}

// CILine is one command of a script, or one instruction of a Dockerfile.
type CILine struct {
	Text string `json:"text"`
	Line int    `json:"line"`
}

// Git is the git command and its configuration.
type Git struct {
	Path   string     `json:"path"` // "" = not on PATH
	Config []GitEntry `json:"config"`
	Error  string     `json:"error,omitempty"`
	Origin string     `json:"origin"` // URL of remote origin of the project, without secrets; "" = none
}

// GitEntry is one line of git's configuration that matters to Go: insteadOf,
// credential, http, safe, core. Values that can hold secrets are masked.
type GitEntry struct {
	Key   string `json:"key"` // lower case section and name, as git prints it
	Value string `json:"value"`
	From  string `json:"from"` // "file:/etc/gitconfig"
}
