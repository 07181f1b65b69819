package cred

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Keys sign requests. Printing them in any way shows only whether they are
// temporary. That cannot hold for a Keys in an unexported field of a struct that
// is itself printed: keep a pointer there.
type Keys struct {
	ID     string
	Secret string
	Token  string // of temporary keys, sent with each request; "" for lasting ones
	// Expires is when temporary keys end; zero when they last, or when the source
	// does not know.
	Expires time.Time
}

const masked = "cred.Keys{***}"

// String hides everything.
func (Keys) String() string { return masked }

// GoString hides everything.
func (Keys) GoString() string { return masked }

// Format hides everything, whatever the verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// MarshalText hides everything; encoding/json, xml and yaml use it.
func (Keys) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON hides everything.
func (Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// LogValue hides everything.
func (Keys) LogValue() slog.Value { return slog.StringValue(masked) }
