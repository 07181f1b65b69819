package bootstrap

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// state is what a desk remembers between two runs. It is no setting of anybody's
// and undo leaves it: a file that was replayed must not come back that way.
type state struct {
	Schema    int              `json:"schema"`
	Sequences map[string]int64 `json:"sequences"` // the highest seen of each organisation, and of its bundles

	raised map[string]int64 // those of Sequences that are new
}

func (d *Desk) readState() (s state, err error) {
	s = state{Schema: 1, Sequences: map[string]int64{}}
	data, err := os.ReadFile(d.join("state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return s, msg.Errorf("read %s: %w", "读取 %s：%w", d.join("state.json"), err).
			WithHint("it is damaged: remove it", "文件已损坏：请删除")
	}
	if s.Sequences == nil {
		s.Sequences = map[string]int64{}
	}
	return s, nil
}

// raise takes note of the sequence numbers of an organisation's file, where one was
// given, and of a bundle, and refuses one that is lower than what was seen.
func (s *state) raise(given bool, o *Org, b *Bundle) error {
	numbers := map[string]int64{}
	if given {
		numbers[o.Name] = o.Sequence
	}
	if b != nil {
		numbers["bundle "+o.Name] = b.Sequence
	}
	for name, n := range numbers {
		switch seen := s.Sequences[name]; {
		case n < seen:
			return msg.Errorf("apply: the sequence of %q is %d, and this desk has seen %d", "apply：%q 的 sequence 为 %d，而本机见过 %d", name, n, seen).WithKind(msg.Findings).
				WithHint("it is an old copy: fetch the present one", "这是旧的副本：请取得最新的文件")
		case n > seen:
			s.Sequences[name] = n
			if s.raised == nil {
				s.raised = map[string]int64{}
			}
			s.raised[name] = n
		}
	}
	return nil
}

func (d *Desk) writeState(s state) error {
	if len(s.raised) == 0 {
		return nil
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = goenv.WriteFile(d.join("state.json"), append(data, '\n'), 0o644)
	}
	if err != nil {
		return msg.Errorf("write %s: %w", "写入 %s：%w", d.join("state.json"), err)
	}
	return nil
}
