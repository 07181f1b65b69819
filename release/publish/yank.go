package publish

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Tombstone is the object that marks a version as yanked. The version's own
// objects stay as they are: who has pinned it still gets it.
type Tombstone struct {
	Schema int       `json:"schema"`
	Reason string    `json:"reason"` // one line, for people
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
}

// maxReason is the most bytes that a reason may have.
const maxReason = 500

// Yank marks a version: it can no longer be the latest, install.sh refuses it,
// and the page and the index say why. latest.json moves to the highest version
// that remains; without any it goes away. Yanking again with another reason
// replaces the reason.
func Yank(ctx context.Context, st store.Store, project, version, reason string, o ManageOptions) (*Change, error) {
	reason = strings.TrimSpace(reason)
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	return change(ctx, st, project, version, o, msg.Text{EN: "yank", ZH: "撤回"}, func(m *manager, there *inventory) error {
		if there.has(version, yankedName) {
			stone, err := readTombstone(ctx, m.st, project, version)
			if err != nil {
				return err
			}
			if stone != nil && stone.Reason == reason {
				m.res.Already = true
				return nil
			}
		}
		stone := Tombstone{Schema: 1, Reason: reason, By: o.by(), Since: now()}
		if err := m.st.write(ctx, YankedKey(project, version), encode(stone), moving(yankedName)); err != nil {
			return err
		}
		// gc may be removing the version since the listing, and does not know of
		// the tombstone.
		m.vanished = func() error { return m.st.remove(ctx, YankedKey(project, version)) }
		return nil
	}, nil)
}

// Unyank takes a yank back.
func Unyank(ctx context.Context, st store.Store, project, version string, o ManageOptions) (*Change, error) {
	return change(ctx, st, project, version, o, msg.Text{EN: "take back the yank of", ZH: "取消撤回"}, func(m *manager, there *inventory) error {
		if !there.has(version, yankedName) {
			m.res.Already = true
			return nil
		}
		return m.st.remove(ctx, YankedKey(project, version))
	}, nil)
}

func checkReason(reason string) error {
	bad := func(en, zh string) error {
		return msg.Errorf("yank: %s", "撤回：%s", msg.Text{EN: en, ZH: zh}).WithKind(msg.Usage).
			WithHint("say in one line why nobody should install it, e.g. --reason 'loses data on restart, use 1.2.1'", "请用一行说明为何不应再安装它，例如 --reason '重启会丢数据，请用 1.2.1'")
	}
	switch {
	case reason == "":
		return bad("no reason is given", "未说明原因")
	case len(reason) > maxReason:
		return bad("the reason is longer than 500 bytes", "原因超过 500 字节")
	case reason != oneLine(reason):
		return bad("the reason has line breaks or other control characters", "原因中含有换行或其他控制字符")
	}
	return nil
}

// oneLine drops from a text that came from a store whatever could break a line
// of a script or a terminal.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	for len(s) > maxReason {
		cut := []rune(s)
		s = string(cut[:len(cut)-1])
	}
	return s
}

// readTombstone reads a tombstone; nil is none. A damaged one yanks all the
// same: to install what was meant to be withdrawn is worse.
func readTombstone(ctx context.Context, st patient, project, version string) (*Tombstone, error) {
	b, _, err := st.read(ctx, YankedKey(project, version))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseTombstone(b), nil
}

func parseTombstone(b []byte) *Tombstone {
	t := &Tombstone{}
	if json.Unmarshal(b, t) != nil {
		t = &Tombstone{}
	}
	t.Reason, t.By = oneLine(t.Reason), oneLine(t.By)
	return t
}
