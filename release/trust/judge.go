package trust

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Signature is a signature file.
type Signature struct {
	Name string // as [Signed] reads it
	Data []byte
}

// Verdict is what became of one signature.
type Verdict struct {
	Name    string
	By      *Trusted // whose it is; nil when that is unknown
	KeyID   string   // of a minisign key that the policy does not have; ""
	Comment string   // the trusted comment; "" for SM2 and for what does not count
	// Stranger tells that an SM2 signature, which does not say whose it is, was tried
	// and is by no key of the policy.
	Stranger bool
	Err      error // why it does not count, though it should; nil with By set: it counts; with By set too: the key's time is over
}

// Judge looks at signatures of one message: each is by a key of the policy and
// counts, by nobody that the policy knows, or wrong. Only errors of reading message
// are returned.
func (p *Policy) Judge(message io.ReadSeeker, sigs []Signature, now time.Time) ([]Verdict, error) {
	var out []Verdict
	for _, s := range sigs {
		_, kind, _ := Signed(s.Name)
		v, err := p.judge(message, kind, s, now)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	for i, v := range out {
		if v.By == nil && v.Err != nil && p.strange(v, out) {
			out[i].Stranger, out[i].Err = true, nil
		}
	}
	return out, nil
}

// strange reports whether an SM2 signature that does not fit is somebody else's rather
// than changed: its name has the id of another key, or all keys that it could be by
// have signed beside it.
func (p *Policy) strange(v Verdict, all []Verdict) bool {
	if _, kind, _ := Signed(v.Name); kind != SM2 || !msg.Hint(v.Err).IsZero() {
		return false
	}
	id := idIn(v.Name)
	for i := range p.Keys {
		t := &p.Keys[i]
		if t.Key.kind != SM2 || id != "" && id != t.Key.ID() {
			continue
		}
		if id != "" || !slices.ContainsFunc(all, func(o Verdict) bool { return o.By == t }) {
			return false
		}
	}
	return true
}

func (p *Policy) judge(message io.ReadSeeker, kind Kind, s Signature, now time.Time) (Verdict, error) {
	v := Verdict{Name: s.Name}
	if kind == Minisign {
		if _, err := parseMinisig(s.Data); err != nil {
			v.Err = err
			return v, nil
		}
		v.KeyID = KeyIDOf(s.Data)
	}
	var wrong error
	tried := 0
	for i, t := range p.Keys {
		if t.Key.kind != kind {
			continue
		}
		tried++
		comment, err := t.Key.Verify(message, s.Data)
		var other *otherKeyError
		switch {
		case err == nil && t.expired(now):
			v.By, v.Err = &p.Keys[i], msg.Errorf("the key %s counts until %s only", "密钥 %s 的有效期止于 %s", t.Key.ID(), t.NotAfter.AddDate(0, 0, -1).Format(time.DateOnly)).WithKind(msg.Findings)
			return v, nil
		case err == nil:
			v.By, v.Comment = &p.Keys[i], comment
			return v, nil
		case errors.As(err, &other):
		case msg.KindOf(err) != msg.Findings:
			return v, err
		case wrong == nil || !msg.Hint(err).IsZero(): // what has a remedy says more
			wrong = err
		}
	}
	// SM2 signatures do not say whose they are: with a single key, it is its.
	if wrong != nil && (kind == Minisign || tried == 1 || !msg.Hint(wrong).IsZero()) {
		v.Err = wrong
	} else if wrong != nil {
		v.Err = msg.Errorf("it fits none of the SM2 keys that are trusted: it or the file was changed, or somebody else signed", "与任何受信任的 SM2 密钥都不符：签名或文件被改动，或由他人签名").WithKind(msg.Findings)
	}
	return v, nil
}

// Counting are the keys whose signatures count.
func Counting(all []Verdict) []Trusted {
	var out []Trusted
	for _, v := range all {
		if v.By != nil && v.Err == nil {
			out = append(out, *v.By)
		}
	}
	return out
}
