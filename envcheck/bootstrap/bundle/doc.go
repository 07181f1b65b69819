// Package bundle makes and opens the folder, or the tar, that takes a desk without
// any network to a proven Go.
//
//	bundle.json              what is in it, schema 1
//	bin/yingzao_<os>_<arch>  the program, for each platform
//	sdk/<version>.zip        Go SDKs, as modules of golang.org/toolchain
//	go.proof                 what the checksum database says of them (package gosdk)
//	modules/                 a GOPROXY as files: the tools, all they need, and what
//	                         the checksum database says of it
//	yingzao.yaml             the organisation's settings
//	bootstrap.sh .cmd .ps1   with the sums of the programs in their heads
//	SHA256SUMS               for people, of all the others
//
// Any of them may be missing but bundle.json.
//
// # What is proved, and what is not
//
// Go SDKs are proved by go.proof, and public modules by modules/sumdb, both signed by
// the checksum database: whoever carried the bundle need not be trusted for them.
// The sums in bundle.json find damage. They do not say who made the bundle, for
// whoever can change a file can change its sum: the programs, the settings and
// private modules are worth as much as the way the bundle came, or as the SHA-256
// of bundle.json that its maker told by another way and [Open] compares.
//
// [Make] proves what it has made before anybody sees it: the SDKs from go.proof
// alone, and the tools by a go command that has an empty cache and no other
// source than modules/.
//
// # Sequence
//
// Each bundle has a number, and a desk refuses one lower than it has seen. Unless
// it is given, a bundle that takes the place of another has the next one; the same
// content keeps the number. Equal inputs and equal answers of the checksum database,
// which grows, give equal bytes.
//
// # bundle.json
//
//	{
//	 "schema": 1,
//	 "sequence": 3,
//	 "yingzao": "0.3.0",
//	 "programs": [{"platform": "linux/amd64", "file": "bin/yingzao_linux_amd64"}],
//	 "sdks": [{"platform": "linux/amd64", "version": "go1.26.8", "h1": "h1:…", "file": "sdk/v0.0.1-go1.26.8.linux-amd64.zip"}],
//	 "tools": ["golang.org/x/tools/gopls@v0.20.0"],
//	 "proof": "go.proof", "modules": "modules", "org": "yingzao.yaml",
//	 "files": [{"name": "bin/yingzao_linux_amd64", "size": 1, "sha256": "…"}]
//	}
//
// files are all but bundle.json and SHA256SUMS, sorted by name. What is not in the
// list must not be in bin, sdk and modules; beside them it is ignored. Unknown
// fields are ignored, another schema is refused.
package bundle
