package term

import (
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// screen is progress on a terminal. The library moves the cursor; what a line
// says is drawn by step.line, which knows wide characters.
type screen struct {
	w     io.Writer
	bars  *mpb.Progress
	steps steps

	mu     sync.Mutex
	shown  map[string]*mpb.Bar
	closed bool
}

// newScreen draws on w; width 0 asks the terminal.
func newScreen(w io.Writer, width int) *screen {
	return &screen{
		w:     w,
		bars:  mpb.New(mpb.WithOutput(w), mpb.WithWidth(width), mpb.WithAutoRefresh()),
		shown: map[string]*mpb.Bar{},
	}
}

func (p *screen) Start(id, label string, total int64) {
	s := p.steps.start(id, label, total)
	filler := mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
		_, err := io.WriteString(w, s.line(st.AvailableWidth, time.Since(s.began)))
		return err
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if old := p.shown[id]; old != nil {
		old.Abort(true)
	}
	if bar, err := p.bars.Add(0, filler, mpb.BarFillerTrim()); err == nil {
		p.shown[id] = bar
	}
}

func (p *screen) Add(id string, n int64) {
	if s := p.steps.get(id); s != nil {
		s.done.Add(n)
	}
}

func (p *screen) Phase(id, label string) {
	if s := p.steps.get(id); s != nil {
		label = Clean(label)
		s.phase.Store(&label)
	}
}

func (p *screen) Done(id, result string, err error) {
	line := doneLine(p.steps.end(id), id, result, err)
	p.mu.Lock()
	if bar := p.shown[id]; bar != nil {
		bar.Abort(true)
		delete(p.shown, id)
	}
	p.mu.Unlock()
	p.Log(line)
}

// Log goes through the library, which prints above the bars; when that has
// ended (closed, or the output failed) the line is written as it is.
func (p *screen) Log(text string) {
	lines := []byte(logLines(text))
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		if _, err := p.bars.Write(lines); err == nil {
			return
		}
	}
	_, _ = p.w.Write(lines)
}

func (p *screen) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	for id, bar := range p.shown {
		bar.Abort(true)
		delete(p.shown, id)
	}
	p.bars.Wait()
}
