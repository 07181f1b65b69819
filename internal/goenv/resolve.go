package goenv

import "strings"

// Origin says where a value comes from.
type Origin string

// The origins, strongest first.
const (
	FromProcess Origin = "process"  // a variable of the environment
	FromFile    Origin = "env-file" // the user's file, which go env -w writes
	FromGoroot  Origin = "goroot"   // GOROOT/go.env
	BuiltIn     Origin = "built-in"
)

// Value is one setting at one place.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin Origin `json:"origin"`
	Line   int    `json:"line,omitempty"` // in the file; 0 = not from a file
}

// Sources are the places that settings come from. The zero value is an empty
// environment and no files.
type Sources struct {
	OS      string   // GOOS of the machine, for variable names and paths; "" = linux
	Arch    string   // GOARCH of the machine; "" = that of this program
	Environ []string // KEY=value; of equal keys the last one counts, as os/exec has it
	File    *File    // the user's env file; nil = none, or GOENV=off
	Goroot  *File    // GOROOT/go.env; nil = none
}

// Env is the settings that are in force.
type Env struct {
	src     Sources
	process map[string]string
	file    map[string]Assignment // the last of equal keys
	goroot  map[string]Assignment // the first of equal keys
}

// Resolve reads the sources once.
func Resolve(src Sources) *Env {
	e := &Env{src: src, process: make(map[string]string, len(src.Environ)), file: map[string]Assignment{}, goroot: map[string]Assignment{}}
	if src.File != nil {
		for a := range src.File.Each() {
			e.file[a.Key] = a
		}
	}
	if src.Goroot != nil {
		for a := range src.Goroot.Each() {
			if _, ok := e.goroot[a.Key]; !ok {
				e.goroot[a.Key] = a
			}
		}
	}
	for _, kv := range src.Environ {
		if key, value, ok := strings.Cut(kv, "="); ok && key != "" {
			e.process[e.fold(key)] = value
		}
	}
	return e
}

func (e *Env) os() string {
	if e.src.OS == "" {
		return "linux"
	}
	return e.src.OS
}

// fold makes variable names comparable: Windows does not tell case apart.
func (e *Env) fold(key string) string {
	if e.os() == "windows" {
		return strings.ToUpper(key)
	}
	return key
}

// Process returns a variable of the process, and whether it is there at all.
func (e *Env) Process(key string) (string, bool) {
	v, ok := e.process[e.fold(key)]
	return v, ok
}

// Lookup returns the setting in force. A setting that nobody made has the
// origin BuiltIn and an empty value; see [Env.Get] for what that means.
func (e *Env) Lookup(key string) Value {
	if all := e.All(key); len(all) > 0 {
		return all[0]
	}
	return Value{Key: key, Origin: BuiltIn}
}

// All returns the setting in force and what it shadows, strongest first. An
// empty variable of the process sets nothing and is not among them.
func (e *Env) All(key string) []Value {
	var out []Value
	if v, _ := e.Process(key); v != "" {
		out = append(out, Value{Key: key, Value: v, Origin: FromProcess})
	}
	if processOnly[key] {
		return out
	}
	if a, ok := e.file[key]; ok {
		out = append(out, Value{Key: key, Value: a.Value, Origin: FromFile, Line: a.Line})
	}
	// In GOROOT/go.env the first of equal keys counts, unlike in the user's file.
	if a, ok := e.goroot[key]; ok && key != "GOROOT" {
		out = append(out, Value{Key: key, Value: a.Value, Origin: FromGoroot, Line: a.Line})
	}
	return out
}
