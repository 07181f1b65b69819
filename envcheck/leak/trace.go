package leak

// Asked is somebody who was really asked about a module.
type Asked struct {
	Kind string `json:"kind"` // as in Ask
	Host string `json:"host"` // of the mirror that a recorder stood for
	Path string `json:"path"` // the module; "" where only the host can be seen
}

// Run is one go command that was run to see it.
type Run struct {
	Course string   `json:"course"` // what the mirrors did
	Args   []string `json:"args"`
	Failed bool     `json:"failed"`
	Says   string   `json:"says,omitempty"` // the last line when it failed
}

// Trace is whom the real go command asked, compared with the simulation.
// Package trace makes it.
type Trace struct {
	Asked      []Asked `json:"asked"`
	Unforeseen []Asked `json:"unforeseen"` // asked, not simulated: the simulation is wrong
	Unnamed    []Asked `json:"unnamed"`    // asked about modules that no file of the project names, only a cached go.mod does
	Unasked    []Asked `json:"unasked"`    // simulated, not asked: stale lines of go.sum, or what lies behind a host that cannot be reached
	Runs       []Run   `json:"runs"`
	Vendored   bool    `json:"vendored"` // the vendor folder was used
}
