package term

import (
	"io"
	"strings"
	"sync"
	"time"
)

// plain is progress without a terminal.
type plain struct {
	mu    sync.Mutex
	w     io.Writer
	steps steps
}

func (p *plain) Start(id, label string, total int64) { p.steps.start(id, label, total) }
func (p *plain) Add(string, int64)                   {}
func (p *plain) Phase(string, string)                {}
func (p *plain) Close()                              {}

func (p *plain) Done(id, result string, err error) {
	p.Log(doneLine(p.steps.end(id), id, result, err))
}

func (p *plain) Log(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.w, logLines(text))
}

// doneLine is what remains of a step; a nil step was never started.
func doneLine(s *step, id, result string, err error) string {
	if result == "" && err != nil {
		result, _, _ = strings.Cut(err.Error(), "\n")
	}
	fields := []string{Clean(id), Clean(result), ""}
	if s != nil {
		fields[0], fields[2] = s.label, Duration(time.Since(s.began))
	}
	if fields[1] == "" {
		fields = []string{fields[0], fields[2]}
	}
	return strings.TrimRight(strings.Join(fields, "  "), " ")
}

// logLines cleans a text line by line; one final line break is its own.
func logLines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight(Clean(line), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
