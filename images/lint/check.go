package lint

import (
	"cmp"
	"context"
	"slices"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Finding is one thing that a rule found.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`    // from 1
	Subject  string   `json:"subject"` // the image, variable, program or host it is about; never a secret
	Message  msg.Text `json:"message"`
}

// Options are what else is known. The zero value is good.
type Options struct {
	// Matrix adds its bases to those that the rules know by name; nil adds none.
	Matrix *matrix.Matrix
}

// No Dockerfile that a person wrote comes near.
const (
	maxSize         = 256 << 10
	maxInstructions = 2000
)

// Check reads a Dockerfile and returns its findings in the order of lines. name is
// for the findings alone. The error says that the file is none, with its line.
func Check(ctx context.Context, name string, src []byte, o Options) ([]Finding, error) {
	f, err := dockerfile.Parse(src)
	if err != nil {
		return nil, msg.Errorf("lint %s: %w", "检查 %s：%w", name, err)
	}
	if len(src) > maxSize || len(f.Instructions) > maxInstructions {
		return nil, msg.Errorf("lint %s: it has more than %d bytes or %d instructions", "检查 %s：文件超过 %d 字节或 %d 条指令", name, maxSize, maxInstructions)
	}
	v := newView(f, o.Matrix)
	all := Rules()
	var out []Finding
	for _, r := range all {
		if r.find == nil {
			continue // what is said about ignoring comes last
		}
		if err := context.Cause(ctx); err != nil {
			return nil, msg.Errorf("lint %s: %w", "检查 %s：%w", name, err)
		}
		for _, found := range r.find(v) {
			found.Code, found.Severity = r.Code, r.Severity
			out = append(out, found)
		}
	}
	out = v.ignore(out, all)
	for i := range out {
		out[i].File = name
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return slices.CompactFunc(out, func(a, b Finding) bool {
		return a.Line == b.Line && a.Code == b.Code && a.Subject == b.Subject
	}), nil
}

// found makes a finding; its code and file are filled in by Check.
func found(line int, subject, en, zh string, args ...any) Finding {
	return Finding{Line: line, Subject: subject, Message: msg.Textf(en, zh, args...)}
}
