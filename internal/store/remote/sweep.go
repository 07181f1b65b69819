package remote

import "time"

// Unfinished is an upload that was begun and neither committed nor aborted.
type Unfinished struct {
	Key, ID string
	Begun   time.Time
}
