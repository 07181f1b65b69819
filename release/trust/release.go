package trust

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Release is a published version as its signatures see it.
type Release struct {
	Manifest *manifest.Manifest
	Raw      []byte   // of manifest.json
	Sidecars []string // the names of the files beside it that are no artifacts
	// Read reads one of them, or SHA256SUMS.
	Read func(ctx context.Context, name string) ([]byte, error)
	// Missing tells whether the error of Read means that there is no such file; nil =
	// it wraps fs.ErrNotExist.
	Missing func(error) bool
}

// Options say how to judge.
type Options struct {
	Policy         *Policy    // nil = nobody is trusted: signatures are only mentioned
	Sequences      *Sequences // what was verified before; nil = not looked at
	AllowDowngrade bool       // a lower sequence is fine
	Now            time.Time  // for the end of keys; zero = now
}

func (o Options) now() time.Time {
	if o.Now.IsZero() {
		return time.Now()
	}
	return o.Now
}

// Finding is one thing that is wrong, or worth saying. Subject is the name of a
// file beside manifest.json, or manifest.json itself.
type Finding struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"` // "error", "warning" or "note"
	Subject  string   `json:"subject"`
	Text     msg.Text `json:"text"`
}

// The codes of findings, one list with those of package publish. One code has one
// meaning for ever.
const (
	CodeSignature = "VRF030" // a signature does not hold or does not count
	CodePolicy    = "VRF031" // what the policy asks for is not there
	CodeUnchecked = "VRF032" // a signature that says nothing here: unknown key, or no key was given
	CodeSequence  = "VRF033" // an older release than one that was verified before
	CodeComment   = "VRF034" // a signature is about another release
	CodeGood      = "VRF035" // a signature that holds and counts
	CodeUnsigned  = "VRF036" // the lists that cover a file do not fit it
)

func finding(code, severity, subject, en, zh string, args ...any) Finding {
	return Finding{code, severity, subject, msg.Textf(en, zh, args...)}
}

// Check judges the signatures of a release: whether those over manifest.json are
// what the policy asks for, whether the others hold, and whether the release is not
// older than what was verified before. It returns the keys that count, for
// [Sequences.Record] once everything else has passed too. Errors are failures to
// read.
func Check(ctx context.Context, r *Release, o Options) ([]Finding, []Trusted, error) {
	byFile := map[string][]string{}
	for _, name := range r.Sidecars {
		if file, _, ok := Signed(name); ok {
			byFile[file] = append(byFile[file], name)
		}
	}
	if o.Policy == nil {
		var found []Finding
		for _, names := range byFile {
			for _, name := range names {
				found = append(found, finding(CodeUnchecked, "note", name, "a signature that was not checked: no --key and no --trust was given", "该签名未校验：未指定 --key 或 --trust"))
			}
		}
		return found, nil, nil
	}
	want := Comment{r.Manifest.Project, r.Manifest.Version, r.Manifest.Sequence}
	var found []Finding
	var counting []Trusted
	strangers := map[string][]Verdict{} // by file
	var direct []Verdict                // of manifest.json
	for file, names := range byFile {
		if slices.ContainsFunc(r.Manifest.Artifacts, func(a manifest.Artifact) bool { return a.Name == file && file != manifest.SumsName }) {
			for _, name := range names {
				found = append(found, finding(CodeUnchecked, "note", name, "a signature of one artifact was not checked: the manifest's covers it", "单个制品的签名未校验：清单的签名已覆盖它"))
			}
			continue
		}
		message := r.Raw
		if file != manifest.FileName {
			var err error
			if message, err = r.Read(ctx, file); err != nil {
				if !r.missing(err) {
					return nil, nil, err
				}
				found = append(found, finding(CodeSignature, "error", names[0], "what it signs, %s, is missing", "它所签名的 %s 缺失", file))
				continue
			}
		}
		sigs := make([]Signature, 0, len(names))
		for _, name := range names {
			data, err := r.Read(ctx, name)
			if err != nil && !r.missing(err) {
				return nil, nil, err
			}
			sigs = append(sigs, Signature{name, data})
		}
		verdicts, err := o.Policy.Judge(bytes.NewReader(message), sigs, o.now())
		if err != nil {
			return nil, nil, err
		}
		found = append(found, about(verdicts, file, want)...)
		strangers[file] = unknown(verdicts)
		if file == manifest.FileName {
			counting, direct = Counting(verdicts), verdicts
		}
	}
	found = append(found, lonely(strangers)...)
	found = append(found, o.policy(r, counting, direct)...)
	if len(counting) > 0 && o.Sequences != nil && !o.AllowDowngrade {
		if err := o.Sequences.Check(want, counting); err != nil {
			if msg.KindOf(err) != msg.Findings {
				return nil, nil, err
			}
			found = append(found, finding(CodeSequence, "error", manifest.FileName, "%v; if you want it all the same, add --allow-downgrade", "%v；若确实需要，请添加 --allow-downgrade", err))
		}
	}
	return found, counting, nil
}

func (r *Release) missing(err error) bool {
	if r.Missing != nil {
		return r.Missing(err)
	}
	return errors.Is(err, fs.ErrNotExist)
}

// about tells what became of the signatures of one file.
func about(verdicts []Verdict, file string, want Comment) []Finding {
	var found []Finding
	for _, v := range verdicts {
		switch {
		case v.Err != nil:
			text := msg.Textf("%v (%s)", "%v（%s）", v.Err, file)
			if h := msg.Hint(v.Err); !h.IsZero() {
				text = msg.Textf("%v (%s); %v", "%v（%s）；%v", v.Err, file, h)
			}
			severity := "error"
			if v.By != nil { // the key's time is over, and others may be enough
				severity = "warning"
			}
			found = append(found, Finding{CodeSignature, severity, v.Name, text})
		case v.By == nil && v.KeyID != "":
			found = append(found, finding(CodeUnchecked, "warning", v.Name, "it says it is by the key %s, which is not trusted here", "它声称来自密钥 %s，该密钥在此不受信任", v.KeyID))
		case v.Stranger:
			found = append(found, finding(CodeUnchecked, "warning", v.Name, "it is by no SM2 key that is trusted here", "它不是由此处受信任的 SM2 密钥签署的"))
		case v.By == nil:
			found = append(found, finding(CodeUnchecked, "warning", v.Name, "no SM2 key is trusted here, so it was not checked", "此处没有受信任的 SM2 密钥，因此未校验"))
		default:
			if c, ok := ParseComment(v.Comment); ok && c != want {
				found = append(found, finding(CodeComment, "error", v.Name, "it is about %s, this is %s", "它针对的是 %s，而这里是 %s", c, want))
				continue
			}
			who := msg.Textf("the key %s", "密钥 %s", v.By.Key.ID())
			if v.By.Holder != v.By.Key.ID() {
				who = msg.Textf("%s (key %s)", "%s（密钥 %s）", v.By.Holder, v.By.Key.ID())
			}
			found = append(found, finding(CodeGood, "note", v.Name, "a good signature of %s by %s", "对 %s 的有效签名，签名者：%s", file, who))
		}
	}
	return found
}

// policy tells what a release lacks.
func (o Options) policy(r *Release, keys []Trusted, verdicts []Verdict) []Finding {
	var found []Finding
	p := o.Policy
	if len(p.Projects) > 0 && !slices.Contains(p.Projects, r.Manifest.Project) {
		found = append(found, finding(CodePolicy, "error", manifest.FileName, "the policy's keys are not for the project %s", "策略中的密钥不适用于项目 %s", r.Manifest.Project))
	}
	if err := p.Enough(keys); err != nil {
		found = append(found, Finding{CodePolicy, "error", manifest.FileName, lacking(err, verdicts)})
	}
	if p.Requires(RequireSBOM) && !slices.ContainsFunc(r.Manifest.Artifacts, func(a manifest.Artifact) bool { return a.Kind == manifest.KindSBOM }) {
		found = append(found, finding(CodePolicy, "error", manifest.FileName, "the policy asks for a bill of materials, and there is none", "策略要求软件物料清单，但没有"))
	}
	return found
}

// unknown are the minisign signatures by keys that the policy does not have.
func unknown(all []Verdict) []Verdict {
	var out []Verdict
	for _, v := range all {
		if v.By == nil && v.Err == nil && v.KeyID != "" {
			out = append(out, v)
		}
	}
	return out
}

// lonely finds signatures by unknown keys that signed only one of the two files that
// whoever signs a release signs: a damaged key id looks like that.
func lonely(strangers map[string][]Verdict) []Finding {
	var found []Finding
	for _, pair := range [][2]string{{manifest.FileName, manifest.SumsName}, {manifest.SumsName, manifest.FileName}} {
		for _, v := range strangers[pair[0]] {
			if !slices.ContainsFunc(strangers[pair[1]], func(other Verdict) bool { return other.KeyID == v.KeyID }) {
				found = append(found, finding(CodeSignature, "error", v.Name, "it says it is by the key %s, which has not signed %s: it was changed, or is no signature of this release", "它声称来自密钥 %s，但该密钥没有为 %s 签名：它被改动，或不属于此发布", v.KeyID, pair[1]))
			}
		}
	}
	return found
}

// lacking says what the policy misses, and which signatures do not count: most often
// the key was the wrong one.
func lacking(err error, verdicts []Verdict) msg.Text {
	text := msg.Textf("%v", "%v", err)
	for _, v := range verdicts {
		switch {
		case v.Err != nil && v.By != nil:
			text = msg.Textf("%v; %s does not count: %v", "%v；%s 不计入：%v", text, v.Name, v.Err)
		case v.Err != nil:
			text = msg.Textf("%v; %s does not count", "%v；%s 不计入", text, v.Name)
		case v.By == nil && v.KeyID != "":
			text = msg.Textf("%v; %s says it is by the key %s", "%v；%s 声称来自密钥 %s", text, v.Name, v.KeyID)
		}
	}
	return text
}
