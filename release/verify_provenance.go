package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// The codes of findings about attestations, one list with those of packages publish
// and trust. One code has one meaning for ever.
const (
	CodeProvenance = "VRF050" // provenance.intoto.json does not fit the release, or does not count
	CodeRebuilt    = "VRF051" // an attestation of somebody who built it again does not hold
	CodeRebuilders = "VRF052" // fewer built it again than the policy asks for
	CodeAttested   = "VRF053" // an attestation that holds and counts
	CodePlan       = "VRF054" // plan.json is not the manifest's plan
)

// attestations judges provenance, plan, and who built the release again. signers are
// those whose signatures of the manifest count.
func attestations(ctx context.Context, v *publish.Version, o trust.Options, signers []trust.Trusted) (found []publish.Finding, err error) {
	add := func(code, severity, subject, en, zh string, args ...any) {
		found = append(found, publish.Finding{Code: code, Severity: severity, Subject: subject, Text: msg.Textf(en, zh, args...)})
	}
	keys, holder := trusted(o)
	digest := sha256.Sum256(v.Raw)
	sum := hex.EncodeToString(digest[:])
	files := map[string][]byte{}
	for _, name := range v.Sidecars {
		if !strings.HasSuffix(name, ".intoto.json") && name != manifest.PlanName {
			continue
		}
		if files[name], err = v.Read(ctx, name); err != nil {
			return nil, err
		}
	}
	if b, ok := files[manifest.PlanName]; ok {
		if p, err := parsePlan(manifest.PlanName, b); err != nil {
			add(CodePlan, "error", manifest.PlanName, "%v", "%v", err)
		} else if p.Digest != v.Manifest.Plan {
			add(CodePlan, "error", manifest.PlanName, "it is the plan %s, the manifest was made of %s", "该计划为 %s，而清单由 %s 生成", Short(p.Digest), Short(v.Manifest.Plan))
		}
	}
	counts := false
	if b, ok := files[manifest.ProvenanceName]; ok {
		s, by, err := provenance.Open(b, keys)
		switch {
		case err != nil:
			add(CodeProvenance, "error", manifest.ProvenanceName, "%v", "%v", err)
		case o.Policy != nil && len(by) == 0 && slices.ContainsFunc(provenance.Claimed(b), func(id string) bool { return holder[id] != "" }):
			add(CodeProvenance, "error", manifest.ProvenanceName, "the signature does not hold: it was changed since it was signed", "签名无效：签名后被改动")
		case o.Policy != nil && len(by) == 0:
			add(CodeProvenance, "warning", manifest.ProvenanceName, "no key that is trusted here has signed it, so nothing of it is believed", "没有在此受信任的密钥对其签名，因此其内容不予采信")
		default:
			problems := provenance.Check(s, v.Manifest, sum)
			for _, p := range problems {
				add(CodeProvenance, "error", p.Subject, "%v", "%v", p.Text)
			}
			if counts = len(by) > 0 && len(problems) == 0; counts {
				add(CodeAttested, "note", manifest.ProvenanceName, "says how the release was made, signed by %s", "记录了发布的构建方式，签名者 %s", holder[by[0]])
			}
		}
	}
	if o.Policy == nil {
		return found, nil
	}
	if o.Policy.Requires(trust.RequireProvenance) && !counts {
		add(trust.CodePolicy, "error", manifest.ProvenanceName, "the policy asks for provenance signed by a trusted key, and there is none", "策略要求由受信任密钥签名的来源证明，但没有")
	}
	// Keys of one holder count once, and who published it is no second party.
	var publishers, others []string
	for _, k := range signers {
		publishers = append(publishers, k.Holder)
	}
	by, problems := provenance.Rebuilders(v.Manifest, sum, files, keys, nil)
	for _, p := range problems {
		add(CodeRebuilt, "error", p.Subject, "%v", "%v", p.Text)
	}
	for _, id := range by {
		if h := holder[id]; !slices.Contains(publishers, h) && !slices.Contains(others, h) {
			others = append(others, h)
			add(CodeAttested, "note", provenance.RebuildName(id), "built again to the same bytes by %s", "已由 %s 重建出相同的字节", h)
		}
	}
	if len(others) < o.Policy.Rebuilders {
		add(CodeRebuilders, "error", manifest.FileName, "%d of the %d other parties that are needed built it again", "需要 %[2]d 个其他方重建，目前有 %[1]d 个", len(others), o.Policy.Rebuilders)
	}
	return found, nil
}

// trusted are the keys of a policy that have not ended, and whose each is.
func trusted(o trust.Options) (keys []provenance.Verifier, holder map[string]string) {
	holder = map[string]string{}
	if o.Policy == nil {
		return nil, holder
	}
	now := o.Now
	if now.IsZero() {
		now = time.Now()
	}
	for _, t := range o.Policy.Keys {
		if t.NotAfter.IsZero() || now.Before(t.NotAfter) {
			keys = append(keys, t.Key)
			holder[t.Key.ID()] = t.Holder
		}
	}
	return keys, holder
}
