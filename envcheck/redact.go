package envcheck

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// redact takes secrets out of a text.
func redact(s string) string { return httpx.Redact(s) }

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
