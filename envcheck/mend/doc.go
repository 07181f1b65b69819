// Package mend carries out what findings propose, so that it can be taken back.
//
// A [Plan] is made from findings without touching anything: for every file what
// it holds and what it will hold. It can be shown as a diff. [Plan.Apply] writes
// a journal entry first, flushed to disk, and then each file as a whole; killed
// at any point it leaves every file old or new, and [Undo] knows both. A file
// that somebody else has changed since the plan was made is not touched, and
// nothing is. An entry whose changes were all made gets another name, so that
// [Journal.Recover] never takes a file that its owner put back for a run that was
// broken off.
//
// [Undo] takes back the last entry that has not been taken back: files get their
// old content and permissions, and files that did not exist go. A file that was
// changed after us is left alone and named.
//
// The journal holds old file contents, and those may hold secrets: it lies in a
// folder of mode 0700, in files of mode 0600, and is never printed.
package mend
