package lint

import (
	"path"
	"slices"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// sdkName is how archives of the Go SDK are named, by Go and by Loongson alike.
var sdkName = lazyre.New(`\bgo(\d[\w.]*|\$\{?\w+\}?)\.linux-(\w+|\$\{?\w+\}?)\.tar\.gz`)

// sdk is a place where Go comes into a stage.
type sdk struct {
	line int
	what string // as shown: an image, a file name, a package
	url  string // of an archive; "" = none
	from *stage // of COPY --from=stage; nil = none
	ref  string // of COPY --from=image; "" = none
}

// goDirs are where people put a Go SDK.
var goDirs = []string{"/usr/local/go", "/opt/go", "/usr/lib/go"}

// sdks are the places where Go comes into the stage itself, not counting a base
// that has it.
func (v *view) sdks(s *stage) []sdk {
	var out []sdk
	runs := s.runs
	s.instructions(func(in *dockerfile.Instruction, line int) {
		switch in.Name {
		case "COPY", "ADD":
			if len(in.Args) < 2 {
				return
			}
			to := path.Clean(in.Args[len(in.Args)-1])
			for _, src := range in.Args[:len(in.Args)-1] {
				src, _ = s.vars.fill(src)
				switch {
				case sdkName.Re().MatchString(src):
					out = append(out, sdk{line: line, what: path.Base(safeURL("x://x/" + src)), url: src})
				case slices.Contains(goDirs, to) || path.Base(src) == "go" && slices.Contains(goDirs, path.Join(to, "go")):
					found := sdk{line: line, what: to}
					if from, _ := s.vars.fill(in.Flag("from")); from != "" {
						if found.from = v.named(from); found.from == nil {
							found.ref, found.what = from, parseRef(from).String()
						}
					}
					out = append(out, found)
				}
			}
		case "RUN":
			r := runs[0]
			runs = runs[1:]
			unpacks := slices.ContainsFunc(r.cmds, func(c command) bool { return c.name == "tar" || c.name == "bsdtar" })
			for _, c := range r.cmds {
				if c.name == "go" && s.family == matrix.None && len(out) == 0 {
					out = append(out, sdk{line: c.line, what: "COPY"}) // where else could it be from
				}
				if p := c.distroGo(); p != "" {
					out = append(out, sdk{line: c.line, what: p})
				}
				for _, d := range c.downloads() {
					if sdkName.Re().MatchString(d.url) && unpacks {
						out = append(out, sdk{line: c.line, what: sdkName.Re().FindString(d.url), url: d.url})
					}
				}
			}
		}
	})
	return out
}

// builds returns the first go build, install or test of a stage.
func (s *stage) builds() (command, bool) {
	for _, r := range s.runs {
		for _, c := range r.cmds {
			if c.name == "go" && len(c.args) > 0 && slices.Contains([]string{"build", "install", "test"}, c.args[0]) {
				return c, true
			}
		}
	}
	return command{}, false
}
