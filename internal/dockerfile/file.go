package dockerfile

import "strings"

// File is a Dockerfile, or a piece of one.
type File struct {
	Escape       byte        // '\\', or '`' by directive
	Directives   []Directive // in the order of the file
	Comments     []Comment   // also those between continued lines; neither directives nor what stands in here-documents
	Instructions []Instruction
}

// Directive is a line "# name=value" at the top: syntax, escape, check.
type Directive struct {
	Name  string // lower case
	Value string
	Line  int
}

// Comment is one line that begins with #.
type Comment struct {
	Text string // without # and the blanks around
	Line int
}

// Instruction is one instruction.
type Instruction struct {
	Name  string // upper case
	Line  int    // where it begins, from 1
	End   int    // its last line, here-documents included
	All   Text   // as written, continued lines joined
	Flags []Flag
	Rest  Text // All behind name and flags, without the blanks around

	// Args are the arguments as the builder splits them: one string for RUN,
	// CMD, ENTRYPOINT, SHELL, USER and WORKDIR in shell form, words where blanks
	// divide, the elements of the JSON form. Nothing is unquoted or expanded,
	// but in JSON. ENV, LABEL and ARG have Pairs instead.
	Args  []string
	JSON  bool
	Pairs []Pair
	Docs  []Heredoc
	On    *Instruction // of ONBUILD, what it defers; nil for everything else
}

// Flag is --name=value; Value is "" for --name alone.
type Flag struct {
	Name  string
	Value string // unquoted
	Line  int
}

// Pair is one K=V of ENV, LABEL or ARG.
type Pair struct {
	Key    string
	Raw    string // as written
	Value  string // quotes and escapes removed, variables left alone
	Set    bool   // false for ARG K
	Legacy bool   // ENV K V
	Line   int
}

// Heredoc is the text of <<NAME.
type Heredoc struct {
	Name   string
	Quoted bool   // no variables in Body: <<"NAME"
	Body   string // with its line ends; <<- has taken the tabs
	Line   int    // of the first line of Body
}

// Flag returns the value of the first flag of a name; "" when it is not there.
func (in *Instruction) Flag(name string) string {
	for _, f := range in.Flags {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Script is what the shell of a RUN in shell form gets: the text, with its
// here-documents, or the one here-document that is all there is. ok is false for
// the JSON form, and for a document that another interpreter reads (#!).
func (in *Instruction) Script() (script Text, ok bool) {
	if in.JSON {
		return Text{}, false
	}
	if len(in.Docs) == 0 {
		return in.Rest, true
	}
	if w := shellWords(in.Rest.s); len(w) == 1 && docWord.Re().MatchString(w[0]) {
		d := in.Docs[0]
		first, _, _ := strings.Cut(d.Body, "\n")
		if strings.HasPrefix(first, "#!") && !strings.HasSuffix(strings.Fields(first + " -")[0], "sh") {
			return Text{}, false
		}
		var j joiner
		j.lines(d.Body, d.Line)
		return j.text(), true
	}
	j := joiner{at: in.Rest.joints()}
	j.b.WriteString(in.Rest.s + "\n")
	for _, d := range in.Docs {
		j.lines(d.Body, d.Line)
		j.line(d.Name+"\n", in.End)
	}
	return j.text(), true
}
