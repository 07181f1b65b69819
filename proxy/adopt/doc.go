// Package adopt takes over what another program stored: a GOMODCACHE, the
// directory of goproxy's DirCacher, Athens' disk storage.
//
// A [Tree] is such a directory as a [proxy.Source]: what a filler fetches from it
// is proven as if a mirror had sent it, by the checksum database and the site's
// go.sum files, and by nothing that lies in the directory: its .ziphash files and
// its copy of the database are not read. [Import] asks a filler for every file of
// a tree, and tells what came in, what was there, and what was refused and why.
//
// Lists and answers to queries are not taken over: they are as old as the
// directory, and a cache knows only the versions that somebody asked it for.
//
// # Layouts
//
//	modcache, goproxy   <escaped module>/@v/<escaped version>.info .mod .zip
//	athens              <module>/<version>/<version>.info go.mod source.zip
//
// Athens decodes names before it stores them; names that it, or an older version,
// left encoded (!x for X) are understood too.
package adopt
