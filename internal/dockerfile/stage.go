package dockerfile

import "strings"

// Stage is one FROM and what follows it.
type Stage struct {
	Base     string // as written, variables and all
	Name     string // lower case; "" without AS
	Platform string // of --platform, as written
	Line     int    // of FROM
	// Instructions are those behind FROM. They are part of the file's own.
	Instructions []Instruction
}

// Stages returns the instructions before the first FROM, of which ARG alone is
// allowed, and the stages. A fragment has none.
func (f *File) Stages() (before []Instruction, stages []Stage) {
	last := -1
	for i := range f.Instructions {
		in := &f.Instructions[i]
		if in.Name != "FROM" {
			continue
		}
		if n := len(stages); n > 0 {
			stages[n-1].Instructions = f.Instructions[last+1 : i]
		} else {
			before = f.Instructions[:i]
		}
		last = i
		s := Stage{Platform: in.Flag("platform"), Line: in.Line}
		if len(in.Args) > 0 {
			s.Base = in.Args[0]
		}
		if len(in.Args) == 3 && strings.EqualFold(in.Args[1], "AS") {
			s.Name = strings.ToLower(in.Args[2])
		}
		stages = append(stages, s)
	}
	if n := len(stages); n > 0 {
		stages[n-1].Instructions = f.Instructions[last+1:]
		return before, stages
	}
	return f.Instructions, nil
}
