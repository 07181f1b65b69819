package config

// SBOM says which bills of materials are made, one for each artifact with
// binaries and one for the release.
type SBOM struct {
	Formats []string // cyclonedx, spdx; empty = none
}

// Licenses is what the licences of linked modules may be. The zero value allows
// everything and is not looked at unless bills of materials are made.
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
	SM3        bool     // write SM3SUMS beside SHA256SUMS; an SM2 key implies it
	Required   bool     // a release without a signature is refused, snapshots excepted
}
