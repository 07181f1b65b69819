package config

// SBOM is one kind of bill of materials: one document for each thing it is about.
type SBOM struct {
	Format  string   // cyclonedx, spdx
	About   About    // what each document is about
	Name    string   // template of the document's name
	IDs     []string // only of these archives, packages or, for AboutBinary, builds; empty = all
	Disable string   // template; "true" leaves it out
}

// About is what a bill of materials is about.
type About string

// The things a bill of materials may be about.
const (
	AboutArtifact About = "artifact" // each archive, bare binary and package
	AboutArchive  About = "archive"  // each archive
	AboutPackage  About = "package"  // each package
	AboutBinary   About = "binary"   // each program that is built, packed or not
	AboutSource   About = "source"   // the source archive
	AboutRelease  About = "release"  // all programs together
)

// Licenses is what the licences of linked modules may be. The zero value allows
// everything, and then they are not read unless bills of materials are made.
type Licenses struct {
	Allow  []string          // SPDX identifiers; empty = all that are not denied
	Deny   []string          // SPDX identifiers, and "unknown" for what cannot be told
	Except map[string]string // module path → reason why it may be linked all the same
}

// Sign says who signs the release. Nothing in it is a secret: keys are named by
// file, or come from the environment (YINGZAO_SIGN_KEY, YINGZAO_SIGN_PASSWORD,
// YINGZAO_SM2_KEY).
type Sign struct {
	KeyFile    string   // template; a minisign secret key; "" = none unless the environment has one
	SM2KeyFile string   // template; a PKCS #8 key in PEM; "" = none unless the environment has one
	Command    []string // templates; a program that signs standard input, for an HSM or UKey; nil = none
	CommandKey string   // the public key of Command, or a file with it; "" = not known
	SM3        bool     // write SM3SUMS beside SHA256SUMS; an SM2 key implies it
	Required   bool     // a release without a signature is refused, snapshots excepted
}
