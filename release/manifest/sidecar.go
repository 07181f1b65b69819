package manifest

import "strings"

// SM3SumsName is the list of SM3 sums within a version's folder, where SM3 is
// wanted; in the format of SHA256SUMS.
const SM3SumsName = "SM3SUMS"

// ProvenanceName says how the release was made: an in-toto statement in a DSSE
// envelope, written by whoever published it.
const ProvenanceName = "provenance.intoto.json"

// PlanName is the plan that the manifest's digest is of.
const PlanName = "plan.json"

// Sidecar reports whether a name in a version's folder is that of a file about
// the release and not of the release: signatures, SM3 sums, provenance and other
// attestations, the plan. No artifact can have such a name. They are not in the
// manifest, since most of them speak about it, and may be added to a version that
// is published.
func Sidecar(name string) bool {
	switch {
	case name == SM3SumsName, name == PlanName:
		return true
	}
	for _, suffix := range []string{".minisig", ".sm2sig", ".intoto.json"} {
		if strings.HasSuffix(name, suffix) && name != suffix {
			return true
		}
	}
	return false
}
