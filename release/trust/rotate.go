package trust

import (
	"bytes"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Next reads the trust.yaml that takes the place of p: it has to have a higher
// serial, and signatures by as many holders of p's keys as p asks for. Its own
// keys have no say in that. So a chain of files leads from the one that was first
// trusted to the newest, each verified by the one before. Where p has a name, next has
// the same: the holders may sign for several organisations.
func (p *Policy) Next(name string, data []byte, sigs []Signature, now time.Time) (*Policy, error) {
	verdicts, err := p.Judge(bytes.NewReader(data), sigs, now)
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		if v.Err != nil && v.By == nil {
			return nil, msg.Errorf("accept %s: %s: %w", "接受 %s：%s：%w", name, v.Name, v.Err).WithKind(msg.Findings)
		}
	}
	// What a release has to have beyond signatures is not asked of a policy.
	if err := p.Enough(Counting(verdicts)); err != nil {
		return nil, msg.Errorf("accept %s: %w", "接受 %s：%w", name, err).WithKind(msg.Findings).
			WithHint("each of the present holders signs it with: yingzao release sign %s", "现有的每位持有者用以下命令签名：yingzao release sign %s", name)
	}
	next, err := ParsePolicy(name, data)
	if err != nil {
		return nil, err
	}
	if p.Name != "" && next.Name != p.Name {
		why := msg.Textf("it is the policy of %q, not of %q", "它是 %q 的策略，而不是 %q 的", next.Name, p.Name)
		if next.Name == "" {
			why = msg.Textf("it does not say that it is the policy of %q", "它没有说明是 %q 的策略", p.Name)
		}
		return nil, msg.Errorf("accept %s: %v", "接受 %s：%v", name, why).WithKind(msg.Findings).
			WithHint("the same people signed another organisation's file, or name was forgotten: ask them; a new name comes by the way that the first file came", "同一批人签署的可能是其他组织的文件，或遗漏了 name：请向他们确认；更换名称须像首个文件那样另行分发")
	}
	if next.Serial <= p.Serial {
		return nil, msg.Errorf("accept %s: its serial %d is not above the present %d", "接受 %s：其 serial %d 不高于当前的 %d", name, next.Serial, p.Serial).WithKind(msg.Findings).
			WithHint("an old file was put back, or serial was not raised", "可能被放回了旧文件，或未增大 serial")
	}
	return next, nil
}
