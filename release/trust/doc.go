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
// again gives the same bytes. minisign itself does not sign the first line of a
// signature; nothing here reads it. The signature of a further signer has the key's
// id in its name, and may be added when the version is published. So is a further
// signature of the provenance, provenance.KEYID.intoto.json, which is of the same
// statement; an SM2 signature that fits no trusted key is a stranger's if its name says
// so or every trusted key has signed beside it, and otherwise an error.
//
// A signature says of which release it is, so SHA256SUMS of one version cannot be put
// beside another. An SM2 signature has no room for that; the manifest that it signs
// does. SM2 signatures are over the default user id 1234567812345678; openssl 3.0
// takes an empty one unless told otherwise, on both sides, and such a signature is
// refused with that reason.
//
// # Sequence
//
// manifest.json has a sequence number, the commit time in Unix seconds. A reader
// that has verified one release of a project refuses a lower one, unless told
// otherwise: an old signed release cannot be passed off as the newest. What was
// verified is kept for each project and key, so that a change of keys starts anew,
// with a policy in which the old key no longer stands. Snapshots are not remembered.
//
// # Policy
//
// trust.yaml says whose signatures count and how many are needed (k of n). The
// next trust.yaml is signed by as many keys of the one before: that is how keys
// change ([Policy.Next]). A single public key is the policy "1 of 1".
//
//	version: 1
//	name: corp.example              # whose it is; each next file has the same
//	serial: 3                       # higher in each next file
//	threshold: 2                    # holders that have to have signed
//	projects: [demo]                # that the keys may sign; default: all
//	require: [minisign, sm2, sbom, provenance]
//	rebuilders: 1                   # that built it again to the same bytes
//	keys:
//	  - holder: ann                 # keys of one holder count once
//	    key: RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3
//	    not_after: 2027-12-31       # the last day on which its signatures count
//	  - holder: ann
//	    key: |
//	      -----BEGIN PUBLIC KEY-----
//	      …
//
// The same people may hold the keys of several organisations, whose files could then be
// put in each other's place: a file with a name is followed by none with another name, or
// without. A file without one is followed by any, so that a name can be taken on.
//
// A key's last day is held against the verifier's clock, not against a date in the
// release, which a thief of the key would choose. What it signed is then not counted,
// and is no error where others are enough. One Ed25519 key under two ids is one key.
//
// # Keys
//
// A key file is 0600 or stricter, or it is refused. A password protects it or does
// not; an SM2 key under one is PKCS #8 as openssl writes it. The password comes from
// the environment or a terminal, never from a flag, and no error holds anything of key
// or password. A command is a signer like any key: the bytes go to a program, for
// an HSM or a UKey, and what does not hold by the public key that was named for it is
// refused before it is published. SM2 and SM3
// here are formats; no certified module stands behind them, and we say so.
package trust
