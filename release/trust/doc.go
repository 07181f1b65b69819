// Package trust signs the files that stand for a release and decides whether
// somebody else's signatures are enough.
//
// # What is signed
//
// SHA256SUMS and manifest.json name every artifact by digest, so they are what is
// signed, and SM3SUMS where SM3 is wanted. A signature is a file beside what it
// signs, never an artifact of the manifest:
//
//	manifest.json.minisig, SHA256SUMS.minisig     Ed25519 in minisign's format
//	manifest.json.KEYID.minisig                   of each further signer
//	manifest.json.sm2sig, SM3SUMS.sm2sig          SM2 over SM3, ASN.1, default user id
//	provenance.intoto.json                        DSSE, see package provenance
//
// The trusted comment of a minisign signature says project, version and sequence,
// and nothing that differs from one run to the next: signing the same release
// again gives the same bytes.
//
// # Sequence
//
// manifest.json has a sequence number, the commit time in Unix seconds. A reader
// that has verified one release of a project refuses a lower one, unless told
// otherwise: an old signed release cannot be passed off as the newest.
//
// # Policy
//
// trust.yaml says whose signatures count and how many are needed (k of n). The
// next trust.yaml is signed by as many keys of the one before: that is how keys
// change. A single public key is the policy "1 of 1".
//
// # Keys
//
// A key file is 0600 or stricter, or it is refused. A password protects it or does
// not. sign.command hands the bytes to a program, for an HSM or a UKey. SM2 and SM3
// here are formats; no certified module stands behind them, and we say so.
package trust
