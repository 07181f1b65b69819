package term

import "io"

// Progress shows work that runs in parallel: steps that start, move through
// phases and end, and lines worth keeping. Its methods are safe for concurrent
// use and never fail; what the output refuses is lost. Texts are cleaned.
type Progress interface {
	// Start begins a step. The id is the caller's and unique among the running
	// ones; total is in bytes, 0 when unknown.
	Start(id, label string, total int64)
	// Add counts n more bytes of a step; an unknown id counts nothing.
	Add(id string, n int64)
	// Phase names what a step is doing now; "" is nothing in particular.
	Phase(id, label string)
	// Done ends a step and leaves one line: label, result, elapsed time. With
	// an error and no result, the first line of the error stands for it. An id
	// that was never started is its own label, without a time.
	Done(id string, result string, err error)
	// Log prints a text above the running steps, line by line.
	Log(line string)
	// Close takes what is still running off the screen and ends everything
	// that Progress started. After it, Log and Done write plain lines. A second
	// Close does nothing.
	Close()
}

// NewProgress shows progress on w: a line for each running step, redrawn in
// place, when terminal (see [Interactive]); otherwise one plain line for each
// finished step and nothing in between.
func NewProgress(w io.Writer, terminal bool) Progress {
	if terminal {
		return newScreen(w, 0)
	}
	return &plain{w: w}
}
