package mend

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Journal is the folder that remembers what was changed. It is made when it is
// first needed.
type Journal struct{ Dir string }

// schema is the form of an entry.
const schema = 1

// entry is one run of Apply.
type entry struct {
	Schema int       `json:"schema"`
	Time   time.Time `json:"time"`
	Files  []File    `json:"files"`
}

const (
	suffix = ".json"      // an entry that stands
	whole  = ".done.json" // one whose changes were all made, and none taken back
	undone = ".undone"    // one that was taken back
)

// JournalDir is where the journal of a user lies, after the habits of the
// system; "" when the environment tells nothing.
func JournalDir(goos string, getenv func(string) string) string {
	switch {
	case goos == "windows" && getenv("LOCALAPPDATA") != "":
		return filepath.Join(getenv("LOCALAPPDATA"), "yingzao", "journal")
	case filepath.IsAbs(getenv("XDG_STATE_HOME")):
		return filepath.Join(getenv("XDG_STATE_HOME"), "yingzao", "journal")
	case getenv("HOME") != "":
		return filepath.Join(getenv("HOME"), ".local", "state", "yingzao", "journal")
	}
	return ""
}

// record writes an entry before anything is changed and returns its file.
func (j Journal) record(p *Plan, now time.Time) (string, error) {
	if j.Dir == "" {
		return "", msg.Errorf("write the journal: there is no place for it: HOME is not set", "写入日志：没有存放位置：HOME 未设置").
			WithHint("set HOME or XDG_STATE_HOME", "请设置 HOME 或 XDG_STATE_HOME")
	}
	if err := os.MkdirAll(j.Dir, 0o700); err != nil {
		return "", msg.Errorf("write the journal: %w", "写入日志：%w", err)
	}
	data, err := json.Marshal(entry{Schema: schema, Time: now.UTC(), Files: p.Files})
	if err != nil {
		return "", err
	}
	names, err := j.names()
	if err != nil {
		return "", err
	}
	path := filepath.Join(j.Dir, fmt.Sprintf("%06d-%s%s", next(names), now.UTC().Format("20060102T150405"), suffix))
	if err := goenv.WriteFile(path, data, 0o600); err != nil {
		return "", msg.Errorf("write the journal: %w", "写入日志：%w", err)
	}
	return path, nil
}

// names lists the entries of both kinds, oldest first.
func (j Journal) names() ([]string, error) {
	list, err := os.ReadDir(j.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("read the journal: %w", "读取日志：%w", err)
	}
	var out []string
	for _, e := range list {
		if n := e.Name(); !strings.HasPrefix(n, ".") && (strings.HasSuffix(n, suffix) || strings.HasSuffix(n, undone)) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

func next(names []string) int {
	n := 0
	for _, name := range names {
		var have int
		if _, err := fmt.Sscanf(name, "%06d-", &have); err == nil {
			n = max(n, have)
		}
	}
	return n + 1
}

// last returns the newest entry that was not taken back; "" = there is none.
func (j Journal) last() (path string, e entry, err error) {
	names, err := j.names()
	for _, n := range slices.Backward(names) {
		if strings.HasSuffix(n, suffix) {
			path = filepath.Join(j.Dir, n)
			e, err = read(path)
			return path, e, err
		}
	}
	return "", e, err
}

// Standing returns the files of all entries that were not taken back, as they were
// before and after, those of the newest entry first.
func (j Journal) Standing() ([]File, error) {
	names, err := j.names()
	var out []File
	for _, n := range slices.Backward(names) {
		if !strings.HasSuffix(n, suffix) {
			continue
		}
		e, err := read(filepath.Join(j.Dir, n))
		if err != nil {
			return nil, err
		}
		out = append(out, e.Files...)
	}
	return out, err
}

func read(path string) (e entry, err error) {
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	if err != nil {
		return e, msg.Errorf("read the journal %s: %w", "读取日志 %s：%w", path, err).
			WithHint("it is damaged: move it away; what that run has changed is then to be taken back by hand", "日志已损坏：请将其移走；那次运行的改动须自行恢复")
	}
	if e.Schema != schema {
		return e, msg.Errorf("read the journal %s: its schema is %d, and this program knows %d", "读取日志 %s：其 schema 为 %d，而本程序只认识 %d", path, e.Schema, schema).
			WithHint("another yingzao wrote it: use that one", "它由另一版本的 yingzao 写入：请使用该版本")
	}
	return e, nil
}
