// Package upstream is the pool of mirrors: a [proxy.Source] that asks the
// healthiest mirror first, goes on with the next where one fails, and resumes a
// broken download from whichever mirror has it.
//
//   - Health is a moving average of latency and success for each mirror. After
//     5 failures within 30 s a mirror is left alone (its breaker opens); every 15 s
//     one request tries it again.
//   - "Not there" is certain when every mirror that may be asked and is healthy
//     said 404 or 410. One unknown answer makes it unknown: a 403 of a filtering
//     mirror, a 5xx, a time-out, an open breaker.
//   - The next mirror is asked too when the first has not begun to answer after
//     its usual time (hedging), for small files alone; the first good answer wins.
//   - A download that brings less than 1 KiB/s for 30 s, or breaks off, goes on at
//     the same byte at the next mirror by Range. A mirror that ignores Range is
//     read from the start and what is there already is skipped. At most 1 MiB is
//     fetched twice.
//   - Nobody may send more than a module may have: zips 500 MiB, go.mod 16 MiB,
//     the rest 64 MiB.
//   - Credentials of one mirror are never sent to another; redirects follow
//     internal/httpx's rules.
package upstream
