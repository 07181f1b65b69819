// Package workdir hands out temporary directories that never outlive their
// process for long: Close removes one, and what a killed process left is swept
// at the next start, at once and without guessing by age.
//
// # The lease
//
// A directory <base>/w-123 is held by a lock on the file <base>/w-123.lock. The
// kernel drops the lock when the process dies, however it dies, and never
// earlier. A sweeper tries each lock without waiting: where it gets it, the
// owner is dead, and it removes first the directory, then the lock file, so that
// a directory without a lock file does not exist and a sweeper that is itself
// killed leaves work for the next one.
//
// The owner creates the lock file, locks it, and makes the directory only when
// the locked file is still the one under that name; if a sweeper was faster in
// between, it takes another name. So no further lock is needed, and nobody ever
// waits for anybody.
//
// Finalizers and cleanups are of no use here: they do not run at exit. A program
// defers Close, and turns signals into an ordinary return with
// signal.NotifyContext.
//
// # The base
//
// The base lies in a directory that others can write to. It must be a directory,
// not a link, of mode 0700 and owned by us; anything else is refused, since
// whoever owns it decides what we compile. On Windows the temporary directory is
// the user's own and is taken as it is.
package workdir
