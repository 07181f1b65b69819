package envcheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// longest is how much of one text is shown, in bytes.
const longest = 2000

// redact takes secrets out of a text, and then the end of one that is too long:
// cut before, half a URL could keep its password.
func redact(s string) string {
	s = httpx.Redact(s)
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + fmt.Sprintf("… (%d bytes)", len(s))
}

func redactText(t msg.Text) msg.Text { return msg.Text{EN: redact(t.EN), ZH: redact(t.ZH)} }

// redactFinding takes secrets out of everything that a finding shows. Changes
// keep theirs: they are what --fix writes, and are not printed.
func redactFinding(f Finding) Finding {
	f.Subject = redact(f.Subject)
	f.Message = redactText(f.Message)
	f.Evidence = slices.Clone(f.Evidence)
	for i := range f.Evidence {
		f.Evidence[i].Value = redact(f.Evidence[i].Value)
	}
	if f.Fix != nil {
		fix := *f.Fix
		fix.Command, fix.Note = redact(fix.Command), redactText(fix.Note)
		f.Fix = &fix
	}
	return f
}
