// Package transfer moves the bytes of many objects into a store, in parts, up
// to the point where each can be committed. It is one engine for all stores:
// adapters send one request at a time and never retry, everything else is here.
//
// # Parts
//
// One goroutine reads the objects one after the other, the largest parts first,
// sums every part and puts it into one queue; the queue is served by as many
// connections as the link can use. The queue knows no objects, so the link is
// full until the last part, and the parts of the last eighth of all bytes are
// smaller, so that the connections end at about the same time.
//
// Content that can be read at any place (files) is read a second time when a
// part is sent, from the page cache as a rule, so that memory does not depend on
// the size of a part. Other content is buffered: part size times connections and
// one part more, within [Options.Memory].
//
// # Connections
//
// A transfer starts with four connections and doubles them as long as that makes
// it faster: the rate of the parts that were sent with so many connections is
// compared to that with half as many. Until the first parts are through, that the
// store takes in bytes has to do. When it gets no faster, the number goes back to
// what the best rate of a single connection asks for, plus a quarter, and from
// time to time more are tried again. A store that says it is asked too often
// halves the number, and everybody waits as long as it wants.
//
// # Failures
//
// Temporary failures, throttling and damage on the way are repeated with growing
// pauses ([Retry]); a store that says when to come back is obeyed. A transfer
// has a budget of repetitions that successes refill, so that a store that is
// dead ends it soon. Expired credentials are tried once more per request, at
// once, because the adapter has told their provider by then. An upload that the
// store has forgotten begins anew, be it when a part is sent or when all is to be
// completed. Anything else, a refused permission above all, ends the transfer: no
// connection sends another request.
//
// # Integrity
//
// Every object is held against its SHA-256 while it is read, every part that was
// sent against the CRC-64 of what was read, and against the one the store names;
// the whole object after [Transfer.Commit] against the combination of its parts.
// So content that changes in between is never committed, be it of the same size
// and of the same time of modification.
//
// # Resuming
//
// With a journal ([Options.Journal]) the IDs of uploads survive the process. A
// later transfer of the same content to the same key takes the upload up again,
// asks the store which parts it has, and sends those that are missing or are not
// the content's. An entry is found by store, key and SHA-256, never by name or
// time of a file; it fixes the part size. An entry of the same key with another
// content is aborted.
package transfer
