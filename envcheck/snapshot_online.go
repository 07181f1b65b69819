package envcheck

// Network is what probe learnt; see that package.
type Network struct {
	Mirrors  []MirrorProbe `json:"mirrors"`
	SumDBs   []SumDBProbe  `json:"sumdbs"`
	Proxies  []HopProbe    `json:"proxies"` // HTTP proxies
	Hosts    []HostProbe   `json:"hosts"`   // names that were resolved
	Seconds  float64       `json:"seconds"`
	Deadline bool          `json:"deadline"` // the time was up before all had answered
	// Recommend is a GOPROXY made of the mirrors that answered well, fastest
	// first; "" = none did, or nothing better than what is in use.
	Recommend string `json:"recommend,omitempty"`
}

// MirrorProbe is one mirror of GOPROXY, or one that could be.
type MirrorProbe struct {
	URL       string      `json:"url"`        // without secrets
	InUse     bool        `json:"in_use"`     // stands in GOPROXY
	Steps     []ProbeStep `json:"steps"`      // M1 … M10
	LatencyMS float64     `json:"latency_ms"` // p50 of small answers; 0 = none came
	RateKBs   float64     `json:"rate_kbs"`   // of the archive; 0 = not measured
	// Class is the worst trouble with getting modules: "ok", "portal", "denied",
	// "server", "timeout", "slow", "tls", "clock", "dns", "refused", "content",
	// "hop" (the HTTP proxy before it), "absent" (it lacks what every public mirror
	// has); "" = the time was up before it could be told.
	Class     string   `json:"class"`
	SumDB     string   `json:"sumdb"`     // does it carry the database in force: "yes", "no" (404/410), or the class of the failure; "" = as with Class, or not asked
	Contacted []string `json:"contacted"` // hosts, for firewall lists
}

// ProbeStep is one question and its answer.
type ProbeStep struct {
	Code   string  `json:"code"`   // "M1"
	Status string  `json:"status"` // "ok", "failed", "skipped", "incomplete"
	Class  string  `json:"class"`
	MS     float64 `json:"ms"`
	Detail string  `json:"detail"` // in the log's language, English
}

// SumDBProbe is one way to the checksum database.
type SumDBProbe struct {
	URL      string  `json:"url"`
	Through  string  `json:"through"`  // the mirror; "" = direct
	Status   int     `json:"status"`   // of /supported, or of /latest when direct; 0 = no answer
	Class    string  `json:"class"`    // as that of a mirror
	Verified bool    `json:"verified"` // the tree head's signature is right
	Size     int64   `json:"size"`     // of the tree
	MS       float64 `json:"ms"`
}

// HopProbe is one HTTP proxy.
type HopProbe struct {
	Variable string `json:"variable"` // HTTPS_PROXY
	Host     string `json:"host"`
	// Class is "ok", "refused", "plain" (https:// to a plain proxy), "auth" (407),
	// "denied" (403), "timeout", "dns", "broken" (another answer to CONNECT, such as
	// 502, or none that HTTP has); "" = the time was up.
	Class  string `json:"class"`
	Detail string `json:"detail"`
}

// HostProbe is one name.
type HostProbe struct {
	Host      string   `json:"host"`
	Addresses []string `json:"addresses"`
	// Class is "ok", "dns", "private" (resolves to private addresses only), "blocked"
	// (0.0.0.0, loopback); "" = not resolved here, because an HTTP proxy does that or
	// the time was up.
	Class string `json:"class"`
	// SkewSeconds is their clock less ours, from a Date header; 0 = in step or not known.
	SkewSeconds float64 `json:"skew_seconds"`
	// TLS says why the handshake failed: "unknown-authority", "expired",
	// "not-yet-valid", "hostname", "version", "plain" (the port speaks no TLS),
	// "other"; "" = it did not, or there was none.
	TLS string `json:"tls"`
}

// Deep is what reading whole trees showed.
type Deep struct {
	Goroot GorootProof `json:"goroot"`
	Cache  CacheProof  `json:"cache"`
}

// GorootProof is the comparison of a GOROOT with the checksum database.
type GorootProof struct {
	Path    string   `json:"path"`
	Version string   `json:"version"` // "go1.26.8"
	Verdict string   `json:"verdict"` // "genuine", "go.env", "differs", "unknown", "incomplete"
	H1      string   `json:"h1"`      // of the tree
	Logged  string   `json:"logged"`  // of the database
	Files   []string `json:"files"`   // that differ, with a word of how: "changed bin/go"; nil = cannot be named
	GoEnv   []string `json:"go_env"`  // assignments that are not the original's
	Via     string   `json:"via"`     // "proof FILE", a mirror's URL
	Detail  string   `json:"detail"`
	Seconds float64  `json:"seconds"`
}

// CacheProof is the comparison of extracted modules with their recorded sums.
type CacheProof struct {
	Dir     string   `json:"dir"`
	Checked int      `json:"checked"`
	Changed []string `json:"changed"` // module@version
	Seconds float64  `json:"seconds"`
}
