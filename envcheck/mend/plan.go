package mend

import (
	"bytes"
	"io/fs"
	"os"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Plan is what will be changed. The zero value changes nothing.
type Plan struct {
	Files []File
}

// File is one file before and after.
type File struct {
	Path    string      `json:"path"`
	Existed bool        `json:"existed"`
	Before  []byte      `json:"before"`
	After   []byte      `json:"after"`
	Mode    fs.FileMode `json:"mode"`           // before; 0 when it did not exist
	NewMode fs.FileMode `json:"new_mode"`       // after
	Dir     bool        `json:"dir"`            // a folder: only made, or given other permissions
	Link    bool        `json:"link,omitempty"` // a symbolic link: Before and After are what it points to
	// Registry is a value of the Windows registry, Path its name
	// (HKCU\Environment\Path), Before and After its type, a line break and its text.
	Registry bool     `json:"registry,omitempty"`
	Codes    []string `json:"codes"` // the findings, or whatever else, that ask for it
}

// changed reports whether anything is different afterwards.
func (f File) changed() bool {
	if !f.Existed {
		return f.Dir || len(f.After) > 0
	}
	return !bytes.Equal(f.Before, f.After) || f.Mode != f.NewMode
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Files) == 0 }

// Codes are the findings that the plan mends, sorted.
func (p *Plan) Codes() []string {
	var out []string
	for _, f := range p.Files {
		out = append(out, f.Codes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// New plans the fixes of findings. envFile is the user's env file, "" when there
// is none to write. named are the codes, in any order, whose fixes are wanted
// although they are not safe. Where two fixes disagree about a setting the first
// wins; [Settle] looks again afterwards. The error names a file that cannot be
// read, or an env file that is needed and has no place.
func New(envFile string, findings []envcheck.Finding, named []string) (*Plan, error) {
	b := newBuilder(envFile)
	if _, err := b.round(findings, named); err != nil {
		return nil, err
	}
	return b.plan(), nil
}

// builder makes a plan, in one round or several.
type builder struct {
	envFile string
	files   map[string]*File
	order   []string
	set     map[string]bool // what a fix of this round has decided
}

func newBuilder(envFile string) *builder {
	return &builder{envFile: envFile, files: map[string]*File{}}
}

// round makes the changes of the findings and reports whether any file became
// different.
func (b *builder) round(findings []envcheck.Finding, named []string) (progress bool, err error) {
	b.set = map[string]bool{}
	for _, rewrites := range []bool{true, false} { // a file is cleaned before single lines are set
		for _, f := range findings {
			if f.Fix == nil || !f.Fix.Safe && !slices.Contains(named, f.Code) {
				continue
			}
			for _, c := range f.Fix.Changes {
				if (c.Kind == envcheck.Rewrite) != rewrites {
					continue
				}
				changed, err := b.add(f.Code, c)
				if err != nil {
					return false, err
				}
				progress = progress || changed
			}
		}
	}
	return progress, nil
}

// plan returns the files that are different.
func (b *builder) plan() *Plan {
	p := &Plan{}
	for _, path := range b.order {
		if f := b.files[path]; f.changed() {
			p.Files = append(p.Files, *f)
		}
	}
	return p
}

func (b *builder) add(code string, c envcheck.Change) (changed bool, err error) {
	path := c.File
	if path == "" {
		path = b.envFile
	}
	if path == "" {
		return false, msg.Errorf("fix %s: there is no env file to write: GOENV=off, or neither HOME nor GOENV is set", "修复 %s：没有可写的 env 文件：GOENV=off，或 HOME 与 GOENV 均未设置", code).
			WithHint("unset GOENV, or set HOME", "请取消 GOENV，或设置 HOME")
	}
	f, err := b.file(path, c)
	if err != nil {
		return false, err
	}
	key := path + "\x00" + string(c.Kind) + "\x00" + c.Key
	if c.Kind == envcheck.SetEnv || c.Kind == envcheck.UnsetEnv {
		key = path + "\x00" + c.Key
	}
	if b.set[key] {
		return false, nil
	}
	b.set[key] = true
	was := *f
	switch c.Kind {
	case envcheck.SetEnv, envcheck.UnsetEnv:
		env := goenv.ParseFile(f.After)
		if c.Kind == envcheck.SetEnv {
			env.Set(c.Key, c.Value)
		} else {
			env.Unset(c.Key)
		}
		f.After = env.Bytes()
	case envcheck.Rewrite:
		f.After = c.Data
	case envcheck.Chmod, envcheck.MakeDir:
		f.NewMode = c.Mode
	}
	changed = !bytes.Equal(was.After, f.After) || was.NewMode != f.NewMode || !f.Existed && f.Dir && len(f.Codes) == 0
	if changed && !slices.Contains(f.Codes, code) {
		f.Codes = append(f.Codes, code)
	}
	return changed, nil
}

// file returns the state of a file, read once.
func (b *builder) file(path string, c envcheck.Change) (*File, error) {
	if f := b.files[path]; f != nil {
		return f, nil
	}
	f, err := Read(path)
	if err != nil {
		return nil, err
	}
	if !f.Existed {
		f.Dir = c.Kind == envcheck.MakeDir
	}
	b.files[path] = &f
	b.order = append(b.order, path)
	return &f, nil
}

// Diff shows the plan as a unified diff, permissions as a line of their own. It
// may hold secrets that stand in the files.
func (p *Plan) Diff() string {
	var b bytes.Buffer
	for _, f := range p.Files {
		if f.Mode != f.NewMode && f.Existed {
			b.WriteString("mode " + f.Path + " " + f.Mode.String() + " -> " + f.NewMode.String() + "\n")
		}
		switch {
		case f.Dir && !f.Existed:
			b.WriteString("mkdir " + f.Path + "\n")
		case f.Link && f.Existed:
			b.WriteString("link " + f.Path + " " + string(f.Before) + " -> " + string(f.After) + "\n")
			continue
		case f.Link:
			b.WriteString("link " + f.Path + " -> " + string(f.After) + "\n")
			continue
		}
		old := f.Path
		if !f.Existed {
			old = os.DevNull
		}
		b.Write(diff.Diff(old, f.Before, f.Path, f.After))
	}
	return b.String()
}
