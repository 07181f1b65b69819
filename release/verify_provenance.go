package release

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
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
	vouch, problems := vouching(v.Manifest, sum, files, keys, o.Policy != nil)
	found = append(found, problems...)
	var who []string // keys of one holder count once
	for _, id := range vouch {
		if h := holder[id]; !slices.Contains(who, h) {
			who = append(who, h)
		}
	}
	if len(who) > 0 {
		add(CodeAttested, "note", manifest.ProvenanceName, "says how the release was made, signed by %s", "记录了发布的构建方式，签名者 %s", strings.Join(who, ", "))
	}
	if o.Policy == nil {
		return found, nil
	}
	switch {
	case !o.Policy.Requires(trust.RequireProvenance) || len(who) >= max(o.Policy.Threshold, 1):
	case len(who) > 0:
		add(trust.CodePolicy, "error", manifest.ProvenanceName, "%d of the %d signatures that the policy asks for are on it (%s); yingzao release sign --to adds one", "策略要求 %[2]d 个签名，目前有 %[1]d 个（%[3]s）；可用 yingzao release sign --to 追加", len(who), o.Policy.Threshold, strings.Join(who, ", "))
	default:
		add(trust.CodePolicy, "error", manifest.ProvenanceName, "the policy asks for provenance signed by a trusted key, and there is none", "策略要求由受信任密钥签名的来源证明，但没有")
	}
	// Keys of one holder count once, and who published it is no second party.
	var publishers, others []string
	for _, k := range signers {
		publishers = append(publishers, k.Holder)
	}
	by, bad := provenance.Rebuilders(v.Manifest, sum, files, keys, nil)
	for _, p := range bad {
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

// vouching are the ids of the keys that signed how the release was made: in
// provenance.intoto.json, and in further files with the same statement. judged tells
// whether there is a policy; without one nobody is asked for a signature.
func vouching(m *manifest.Manifest, sum string, files map[string][]byte, keys []provenance.Verifier, judged bool) (ids []string, found []publish.Finding) {
	add := func(severity, subject, en, zh string, args ...any) {
		found = append(found, publish.Finding{Code: CodeProvenance, Severity: severity, Subject: subject, Text: msg.Textf(en, zh, args...)})
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(n string) bool { return !provenance.IsFurther(n) })
	if _, ok := files[manifest.ProvenanceName]; ok {
		names = append([]string{manifest.ProvenanceName}, names...)
	}
	var first []byte
	for _, name := range names {
		s, by, err := provenance.Open(files[name], keys)
		if err != nil {
			add("error", name, "%v", "%v", err)
			continue
		}
		said, err := s.Marshal()
		if name == manifest.ProvenanceName {
			first = said
		}
		broken := provenance.Broken(files[name], keys)
		problems := provenance.Check(s, m, sum)
		switch {
		case err != nil:
			add("error", name, "%v", "%v", err)
		case len(broken) > 0:
			add("error", name, "the signature by the key %s does not hold: it was changed since it was signed", "密钥 %s 的签名无效：签名后被改动", strings.Join(broken, ", "))
		case judged && len(by) == 0:
			add("warning", name, "no key that is trusted here has signed it, so nothing of it is believed", "没有在此受信任的密钥对其签名，因此其内容不予采信")
		case len(problems) > 0:
			for _, p := range problems {
				add("error", p.Subject, "%v", "%v", p.Text)
			}
		case !bytes.Equal(said, first):
			add("error", name, "it is not the statement of %s", "它与 %s 的内容不同", manifest.ProvenanceName)
		default:
			for _, id := range by {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids, found
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
