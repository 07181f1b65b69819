package fill

import (
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
)

// What happened.
type What string

// What can happen. A request ends in exactly one of the first eight; the others
// come beside them.
const (
	Hit         What = "hit"         // out of the cache, without network
	Filled      What = "filled"      // by a fetch, one's own or one that was on its way
	Stale       What = "stale"       // an old answer, since no new one is to be had
	NotFound    What = "not-found"   // certainly not there
	Blocked     What = "blocked"     // by a rule
	Refused     What = "refused"     // fails verification
	Unavailable What = "unavailable" // trouble
	Left        What = "left"        // the client did not wait for the answer

	Fetched     What = "fetched"     // a source delivered a file or text: one for any number of requests
	Quarantined What = "quarantined" // content failed its proof and was put aside
	Changed     What = "changed"     // a source has other content for a version than was here before
)

// Event is one thing that happened, for metrics and logs.
type Event struct {
	What   What
	File   proxy.File
	Route  string        // name of the route; "" = none matched
	Pieces []proxy.Piece // who sent it: of Fetched, Quarantined and Changed
	Bytes  int64         // from the network (Fetched), or of the answer (Hit, Filled, Stale)
	Took   time.Duration // of the request, or of the fetch
	Err    error         // why; nil where all is well
}
