package msg

import (
	"cmp"
	"strings"
	"syscall"
)

// Kind says what sort of failure an error is; commands turn it into an exit
// code.
type Kind int

// The kinds. The zero value is the ordinary one.
const (
	Failed     Kind = iota // the work could not be done (exit 1)
	Usage                  // the command line or a configuration is wrong (exit 2)
	Findings               // the check or verification found something (exit 3)
	Incomplete             // a probe or a download was impossible (exit 4)
)

// Error is a failure told in both languages, with an optional remedy.
type Error struct {
	text   Text
	hint   Text
	kind   Kind
	causes []error
}

// Errorf makes an error from one format per language. As with fmt.Errorf, %w
// wraps its argument; the argument appears in the language of its half. Both
// formats take the same arguments; use %[1]v where the order differs. The form
// is "verb object: cause" in lower case.
func Errorf(en, zh string, args ...any) *Error {
	e := &Error{text: Textf(strings.ReplaceAll(en, "%w", "%v"), strings.ReplaceAll(zh, "%w", "%v"), args...)}
	if !strings.Contains(en, "%w") {
		return e
	}
	for _, a := range args {
		if err, ok := a.(error); ok {
			e.causes = append(e.causes, err)
			if e.kind == Failed {
				e.kind = KindOf(err)
			}
		}
	}
	return e
}

// WithHint returns e with a remedy. A later hint replaces an earlier one.
func (e *Error) WithHint(en, zh string, args ...any) *Error {
	c := *e
	c.hint = Textf(en, zh, args...)
	return &c
}

// WithKind returns e as another kind of failure.
func (e *Error) WithKind(k Kind) *Error {
	c := *e
	c.kind = k
	return &c
}

// Error returns the English statement, without the hint.
func (e *Error) Error() string { return e.text.EN }

// Unwrap returns the errors that were wrapped with %w.
func (e *Error) Unwrap() []error { return e.causes }

// In returns what err says in the language. Errors that are not ours are
// returned as they are, with any of ours inside them translated.
func In(err error, l Lang) string {
	if err == nil {
		return ""
	}
	if e, ok := err.(*Error); ok {
		return e.text.In(l)
	}
	s := err.Error()
	if l == English {
		return s
	}
	if no, ok := err.(syscall.Errno); ok {
		return cmp.Or(errnos[no], s)
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		if in := u.Unwrap(); in != nil {
			s = strings.Replace(s, in.Error(), In(in, l), 1)
		}
	case interface{ Unwrap() []error }:
		for _, in := range u.Unwrap() {
			s = strings.Replace(s, in.Error(), In(in, l), 1)
		}
	}
	return s
}

// Hint returns the remedy nearest to the surface of err, or the zero Text.
func Hint(err error) Text {
	for h := range chain(err) {
		if !h.hint.IsZero() {
			return h.hint
		}
	}
	return Text{}
}

// KindOf returns the kind of the outermost of our errors in err; Failed when
// there is none.
func KindOf(err error) Kind {
	for e := range chain(err) {
		return e.kind
	}
	return Failed
}

// chain yields our errors in err, outermost first.
func chain(err error) func(func(*Error) bool) {
	return func(yield func(*Error) bool) { walk(err, yield) }
}

func walk(err error, yield func(*Error) bool) bool {
	if err == nil {
		return true
	}
	if e, ok := err.(*Error); ok && !yield(e) {
		return false
	}
	switch u := err.(type) {
	case interface{ Unwrap() error }:
		return walk(u.Unwrap(), yield)
	case interface{ Unwrap() []error }:
		for _, in := range u.Unwrap() {
			if !walk(in, yield) {
				return false
			}
		}
	}
	return true
}

// Join is errors.Join for a list whose members are shown one per line in each
// language; nil when there is nothing in it.
func Join(errs ...error) error {
	var kept []error
	for _, err := range errs {
		if err != nil {
			kept = append(kept, err)
		}
	}
	switch len(kept) {
	case 0:
		return nil
	case 1:
		return kept[0]
	}
	j := &Error{causes: kept, kind: KindOf(kept[0])}
	var en, zh []string
	for _, err := range kept {
		en, zh = append(en, In(err, English)), append(zh, In(err, Chinese))
	}
	j.text = Text{EN: strings.Join(en, "\n"), ZH: strings.Join(zh, "\n")}
	return j
}
