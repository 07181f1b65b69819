// Package file keeps artifacts in a directory: a laptop's dist/site, a web
// server's root, a mounted share.
//
// An object is a plain file at the path its key names. It is first written
// under the hidden area .yingzao-uploads in the same directory, flushed to the
// disk, and then appears under its key by one rename, or by one hard link when
// a present object must be kept; the directories are flushed after it. Readers
// of the directory, this package or a web server, therefore see whole objects
// only, and a process killed at any moment leaves at most a file in the hidden
// area, which [Store.Sweep] removes. The area goes away when it is empty.
//
// All access goes through [os.Root]: a symbolic link that leads out of the
// store is never followed. Links that stay inside are read through, but List
// does not enter directories by them.
//
// Keys are stricter than [store.ValidKey] asks: names that Windows cannot
// hold, and the hidden area, are refused on every system, so that a store can be
// copied to any other. A directory cannot hold both "a" and "a/b"; writing the
// second of them is ErrInvalidKey.
//
// Content type and the other HTTP options are not kept: the web server in front
// of the directory decides them. CRC64 is known for what was just written only.
package file
