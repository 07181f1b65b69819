package assemble

import (
	"io"
	"sync"
)

// meter turns bytes into events, about one for each of a hundred parts.
type meter struct {
	on func(Event)

	mu   sync.Mutex
	at   Event
	last int64
}

// newMeter starts a stage. A nil on is nobody who listens.
func newMeter(on func(Event), arch, stage string, total int64) *meter {
	m := &meter{on: on, at: Event{Arch: arch, Stage: stage, Total: total}}
	m.tell()
	return m
}

func (m *meter) tell() {
	if m.on != nil {
		m.on(m.at)
	}
}

func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at.Done += int64(n)
	if step := max(m.at.Total/100, 256<<10); m.at.Done-m.last >= step {
		m.last = m.at.Done
		m.tell()
	}
}

func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at.End = true
	m.tell()
}

// metered counts what is read.
type metered struct {
	io.Reader
	m *meter
}

func (r metered) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.m.add(n)
	return n, err
}
