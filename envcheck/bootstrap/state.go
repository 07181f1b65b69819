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
	Schema    int            `json:"schema"`
	Sequences map[string]int `json:"sequences"` // the highest seen of each organisation

	changed bool
}

func (d *Desk) readState() (s state, err error) {
	s = state{Schema: 1, Sequences: map[string]int{}}
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
		s.Sequences = map[string]int{}
	}
	return s, nil
}

// raise takes note of an organisation's sequence number, and refuses one that is
// lower than what was seen.
func (s *state) raise(o *Org) error {
	switch seen := s.Sequences[o.Name]; {
	case o.Sequence < seen:
		return msg.Errorf("apply the organisation's file: its sequence is %d, and this desk has seen %d", "应用组织配置文件：其 sequence 为 %d，而本机见过 %d", o.Sequence, seen).WithKind(msg.Findings).
			WithHint("it is an old copy: fetch the present one", "这是旧的副本：请取得最新的文件")
	case o.Sequence > seen:
		s.Sequences[o.Name] = o.Sequence
		s.changed = true
	}
	return nil
}

func (d *Desk) writeState(s state) error {
	if !s.changed {
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
