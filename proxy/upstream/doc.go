// Package upstream is the pool of mirrors: a [proxy.Source] that asks the
// healthiest mirror first, goes on with the next where one fails, and resumes a
// broken download from whichever mirror has it.
//
//   - Health is a moving average of latency and success for each mirror. Mirrors
//     that are about equally well are asked in the order they were given; what is
//     not known for 10 minutes is forgotten, so that a mirror gets another chance.
//   - After 5 failures within 30 s a mirror is left alone: its breaker is open. It is
//     then tried every 15 s in the background, for what it answered last and for a
//     path that every mirror knows in turn, and nobody waits for that. So a pool
//     whose mirrors are all dead answers at once that it cannot, and one that was
//     dead over night needs no request to find out that it no longer is. A transfer
//     that breaks after it brought something does not count as one of the five.
//   - A mirror that says Retry-After is left alone for so long, two minutes at most.
//   - "Not there" is certain when every mirror that may be asked said 404 or 410. One
//     unknown answer makes it unknown: a 403 of a filtering mirror, a 5xx, a time-out,
//     an open breaker. A mirror whose breaker has been open for 5 minutes is no
//     longer counted, else one dead entry would keep a go command from ever learning
//     that example.com/repository/package is no module.
//   - The next mirror is asked too when one has not answered after its usual time
//     (hedging), for small files alone; the first good answer wins. After a 404 all
//     others are asked at once.
//   - Trouble that may pass is tried again, three rounds with growing pauses, within
//     the context; an answer that will not change is not. A transfer that is under
//     way has more patience: up to nine rounds, and it waits for a mirror to come
//     back while all are left alone.
//   - Nobody may send more than a module may have: zips 500 MiB, go.mod 16 MiB,
//     the rest 8 MiB.
//   - Credentials of one mirror are never sent to another; redirects follow
//     internal/httpx's rules, and nothing inside the own network is dialled that the
//     options do not name.
//
// # The checksum database
//
// [Pool.SumSources] are the ways to it through the mirrors, under the same rules. A
// mirror that does not have what another one has, three times in a row, is not
// asked for that database for 10 minutes.
//
// # Resuming
//
// A download that brings less than 1 KiB/s for 30 s, or breaks off, goes on at the
// same byte at the next mirror by Range; at most 1 MiB is fetched twice. A mirror
// that ignores Range comes last, and is then read from the start and what is there
// already is skipped.
//
// The zips of one version differ between mirrors that packed them with different
// versions of Go, although their h1 is the same. So 4 KiB before the place are
// fetched again and compared ([proxy.Download.Tail]), and so are the sizes. A
// mirror that differs comes last; then the download is begun anew.
//
// An answer over HTTP/1.0 without a length that is cut looks complete: no size is
// known, and this package cannot tell ([proxy.Download.Size] is then -1). Whoever
// asked proves the whole, and finds it.
package upstream
