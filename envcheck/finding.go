package envcheck

import (
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Finding is one thing that a rule found.
type Finding struct {
	Code     string     `json:"code"`
	Severity Severity   `json:"severity"`           // filled from the rule, the profile and the policy when empty
	Subject  string     `json:"subject"`            // the setting, module, file or host it is about
	Message  msg.Text   `json:"message"`            // what is wrong here; the zero Text means the rule's title
	Where    Place      `json:"where"`              // where it stands
	Evidence []Evidence `json:"evidence,omitempty"` // what was seen
	Fix      *Fix       `json:"fix,omitempty"`      // nil = the rule's words are all we know
}

// Place is where something stands.
type Place struct {
	Origin string `json:"origin,omitempty"` // as in Setting.Origin; "" = not a setting
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"` // from 1; 0 = the whole file
}

// Evidence is one observation.
type Evidence struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Place Place  `json:"place,omitzero"`
}

// Fix is a remedy for one finding.
type Fix struct {
	// Command is what a person would type, "" = nothing fits on a line. It is for
	// the shell of the machine that was checked.
	Command string `json:"command,omitempty"`
	// Changes are what --fix does itself; nil = only a person can.
	Changes []Change `json:"changes,omitempty"`
	// Safe: nothing that worked can stop working, and nothing becomes less
	// secure; --fix does it without being asked for this code by name.
	Safe bool `json:"safe"`
	// Note is said beside it; the zero Text says nothing.
	Note msg.Text `json:"note,omitzero"`
}

// ChangeKind says what a change does.
type ChangeKind string

// The changes that --fix can make.
const (
	SetEnv   ChangeKind = "env-set"   // Key=Value in the user's env file
	UnsetEnv ChangeKind = "env-unset" // Key out of the user's env file
	Rewrite  ChangeKind = "rewrite"   // the whole content of File
	Chmod    ChangeKind = "chmod"     // the permissions of File
	MakeDir  ChangeKind = "mkdir"     // the folder File, with Mode
)

// Change is one step of a fix.
type Change struct {
	Kind  ChangeKind  `json:"kind"`
	File  string      `json:"file,omitempty"` // "" = the user's env file
	Key   string      `json:"key,omitempty"`
	Value string      `json:"value,omitempty"`
	Data  []byte      `json:"data,omitempty"`
	Mode  fs.FileMode `json:"mode,omitempty"`
}
