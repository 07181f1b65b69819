package config

import "time"

// Config is the section proxy:. Parse has filled in what is not written, so every
// field has the meaning it has here.
type Config struct {
	// Listen is host:port of the public side. Default 127.0.0.1:8081.
	Listen string `yaml:"listen"`
	TLS    TLS    `yaml:"tls"`
	Admin  Admin  `yaml:"admin"`
	Cache  Cache  `yaml:"cache"`
	// Mirrors are asked for every module that no route is about, in the order of
	// preference. nil in the file = [DefaultMirrors]; [] = nobody.
	Mirrors []string `yaml:"mirrors"`
	// Offline asks nobody: the cache is the whole world.
	Offline bool   `yaml:"offline"`
	HTTP    HTTP   `yaml:"http"`
	SumDB   SumDB  `yaml:"sumdb"`
	Routes  Routes `yaml:"routes"`
	// TokensFile has the digests of the clients' tokens, see [ParseTokens]. "" = no
	// client needs a token.
	TokensFile string `yaml:"tokens_file"`
	// Fronts are addresses of servers that end TLS before this one and whose
	// X-Forwarded-For is believed. nil = none.
	Fronts    []Network `yaml:"fronts"`
	Downloads Downloads `yaml:"downloads"`
	Redirect  Redirect  `yaml:"redirect"`
	Limits    Limits    `yaml:"limits"`
	Log       Log       `yaml:"log"`
}

// TLS of the public side. Both files or none.
type TLS struct {
	Cert string `yaml:"cert"` // PEM, the chain
	Key  string `yaml:"key"`  // PEM
}

// Admin is the administrator's side.
type Admin struct {
	// Listen is host:port. Default 127.0.0.1:8082; "off" = there is none.
	Listen string `yaml:"listen"`
	// TokenFile holds the token for diagnostics. "" = no diagnostics.
	TokenFile string `yaml:"token_file"`
}

// Cache says where files are kept.
type Cache struct {
	Dir    string   `yaml:"dir"`     // default /var/lib/yingzao/mod
	Store  string   `yaml:"store"`   // oss://, cos://, s3://, file://: what several proxies share; "" = none
	Budget Size     `yaml:"budget"`  // default 20GiB; None = no limit
	MinAge Duration `yaml:"min_age"` // default 1h
	// Pins are modules that are never removed: path@version, path, or a pattern as
	// in GOPRIVATE.
	Pins []string `yaml:"pins"`
}

// HTTP says how mirrors and repositories are reached. The proxy variables of the
// environment count as well.
type HTTP struct {
	CAFile string `yaml:"ca_file"` // further authorities, PEM; "" = the system's alone
	// Allow are internal hosts and ranges that may be asked although nobody wrote
	// them into a URL here: what a mirror redirects to. nil = none.
	Allow []string `yaml:"allow"`
}

// SumDB says how public modules are proven.
type SumDB struct {
	// Databases as GOSUMDB names them: a name, a key, a key and a URL. The first
	// proves what the proxy fetches; clients may ask for all. nil = sum.golang.org.
	Databases []string `yaml:"databases"`
	// Mode is strict (default), async or client; see fill.Mode. client proves
	// nothing here and leaves it to the go command.
	Mode string `yaml:"mode"`
	// GoSum are go.sum files whose hashes count before the database's.
	GoSum []string `yaml:"go_sum"`
}

// Routes are asked in order, before Mirrors.
type Routes []Route

// Route says how the modules of some paths are come by: exactly one of Git, Mirrors
// and Block; with none of them the cache alone answers.
type Route struct {
	Name string `yaml:"name"` // for people and logs; default: the first pattern
	// Match are patterns as in GOPRIVATE. With Git they are plain prefixes. A private
	// route counts for the paths above its own too ([proxy.Routes]).
	Match    Strings  `yaml:"match"`
	Git      Git      `yaml:"git"`
	Mirrors  Strings  `yaml:"mirrors"`
	Block    string   `yaml:"block"`    // the reason; the go command prints it
	Versions []string `yaml:"versions"` // that Block is about; nil = all
	// Private is true for Git unless the file says otherwise, else false.
	Private *bool `yaml:"private"`
	// Access are names of the tokens file: who may have these modules. nil = everybody
	// who may use the proxy.
	Access []string `yaml:"access"`

	User           string `yaml:"user"`             // of the token; "" = what the server wants for tokens
	TokenFile      string `yaml:"token_file"`       // a token for the repository or mirror
	SSHKeyFile     string `yaml:"ssh_key_file"`     // with Git
	KnownHostsFile string `yaml:"known_hosts_file"` // with SSHKeyFile
	CAFile         string `yaml:"ca_file"`          // further authorities for this route
	LFS            string `yaml:"lfs"`              // with Git: refuse (default) or pointer
}

// Hidden reports whether the route's names must not leave.
func (r Route) Hidden() bool {
	if r.Private != nil {
		return *r.Private
	}
	return r.Git.URL != ""
}

// Git is where repositories are.
type Git struct {
	// URL is https or ssh; {path} stands for what follows the pattern in the module's
	// path. "" = no git.
	URL      string `yaml:"url"`
	Depth    int    `yaml:"depth"`     // elements of {path}; 0 = 2
	MaxDepth int    `yaml:"max_depth"` // where groups have subgroups; 0 = depth
	MaxSize  Size   `yaml:"max_size"`  // of one repository; 0 = 2GiB
}

// Downloads are Go's download archives below /dl/.
type Downloads struct {
	Mirrors []string `yaml:"mirrors"` // of https://go.dev/dl; nil = [DefaultDownloads], [] = none are served
}

// Redirect sends clients to the bucket for large files.
type Redirect struct {
	MinSize Size      `yaml:"min_size"` // default 8MiB
	Clients []Network `yaml:"clients"`  // who can reach the bucket; nil = nobody is redirected
}

// Limits of the server.
type Limits struct {
	Fills  int      `yaml:"fills"`  // fetched at a time; default 32
	Memory Size     `yaml:"memory"` // for finished answers; default 64MiB, None = nothing is kept
	Drain  Duration `yaml:"drain"`  // for requests on their way when it stops; default 30s
}

// Log is the log on standard error.
type Log struct {
	Format string `yaml:"format"` // text (default) or json
	Access string `yaml:"access"` // file of the access log; "" = standard output, "off" = none
}

// DefaultMirrors are the public mirrors that are near to mainland China.
func DefaultMirrors() []string {
	return []string{"https://goproxy.cn", "https://mirrors.aliyun.com/goproxy", "https://mirrors.cloud.tencent.com/go"}
}

// DefaultDownloads are mirrors of Go's download archives there.
func DefaultDownloads() []string {
	return []string{"https://mirrors.aliyun.com/golang", "https://golang.google.cn/dl"}
}

// Default is the configuration of an empty section.
func Default() Config {
	var c Config
	c.fill()
	return c
}

// fill writes in what is not written.
func (c *Config) fill() {
	set(&c.Listen, "127.0.0.1:8081")
	set(&c.Admin.Listen, "127.0.0.1:8082")
	set(&c.Cache.Dir, "/var/lib/yingzao/mod")
	set(&c.Cache.MinAge, Duration(time.Hour))
	set(&c.Cache.Budget, 20<<30)
	if c.Mirrors == nil {
		c.Mirrors = DefaultMirrors()
	}
	if c.SumDB.Databases == nil {
		c.SumDB.Databases = []string{"sum.golang.org"}
	}
	set(&c.SumDB.Mode, "strict")
	if c.Downloads.Mirrors == nil {
		c.Downloads.Mirrors = DefaultDownloads()
	}
	set(&c.Redirect.MinSize, 8<<20)
	set(&c.Limits.Fills, 32)
	set(&c.Limits.Memory, 64<<20)
	set(&c.Limits.Drain, Duration(30*time.Second))
	set(&c.Log.Format, "text")
	for i := range c.Routes {
		r := &c.Routes[i]
		if len(r.Match) > 0 {
			set(&r.Name, r.Match[0])
		}
		if r.Git.URL != "" {
			set(&r.LFS, "refuse")
		}
	}
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
