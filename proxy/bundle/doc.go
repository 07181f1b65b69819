// Package bundle makes, checks and imports the proxy's bundles: a directory or a
// tar that carries modules, toolchains and their proofs across an air gap.
//
//	manifest.json                          what is in it, schema 1
//	<escaped module>/@v/v1.2.3.mod         and .info and .zip where the zip is needed
//	<escaped module>/@v/list               the versions whose zips were ever in the series
//	sumdb/<name>/supported latest lookup/… tile/…
//
// So it is a GOPROXY as files: a stock go command takes it by GOPROXY=file://…, with
// an empty go.sum, without a network, and verifies every module by its own key.
// Toolchains are modules of golang.org/toolchain.
//
// # The checksum database
//
// All records come with one signed head, together with the tiles that prove them
// under it. For each head that was shipped before, the tiles are there that prove
// that the new one grew out of it: a client that has seen an earlier bundle accepts
// the next one. A client that has a newer head than the bundle does not, and nothing
// in a bundle could change that: it needs a newer export.
//
// # manifest.json
//
//	{
//	 "schema": 1,
//	 "series": "default",
//	 "sequence": 3,
//	 "base": {"sequence": 2, "sha256": "…"},
//	 "sumdb": {"name": "sum.golang.org", "head": "go.sum database tree\n…"},
//	 "earlier": ["go.sum database tree\n…"],
//	 "files": [{"name": "example.com/m/@v/v1.0.0.zip", "size": 1, "sha256": "…", "h1": "h1:…", "base": true}]
//	}
//
// files are all but manifest.json, sorted by name. In a delta, base names the bundle
// that it goes on from, by the SHA-256 of its manifest, and the files marked base are
// in that one, or in the one before it, and not here: they are listed so that the
// next delta knows them. Lists and the checksum database are those of this bundle
// alone; unpacked over its base, a delta is a whole GOPROXY again. h1 is that of a
// .zip or .mod. Equal arguments and equal answers of the checksum database give equal
// bytes. Unknown fields are ignored, another schema is refused.
//
// # What is proved
//
// Public modules are proved by the database's signature: whoever carried the bundle
// need not be trusted. Private ones, which no public database knows, are worth as
// much as the way the bundle came, or as the SHA-256 of manifest.json that its maker
// told by another way and [Options.SHA256] compares; they are taken only where
// [Options.Unproven] says so.
//
// [Import] proves everything before it puts anything into the cache, by the rules for
// archives from strangers with limits of its own. A series never goes back: a bundle
// with a lower number than the last one, another bundle with the same number, and one
// with a lower head than the site's are refused. An import that was killed is taken
// up by the next: what is in the cache by then is proven.
package bundle
