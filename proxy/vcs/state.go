package vcs

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// state says what of a repository is there whole. It is written after the objects
// are, so it never promises too much; the worst is that something is fetched twice.
type state struct {
	// Tips are the references' objects whose whole history is there.
	Tips []string `json:"tips,omitempty"`
	// Bare: of the history there are the commits alone, no trees and no files.
	Bare bool `json:"bare,omitempty"`
	// Whole are the commits whose trees and files are there, oldest first.
	Whole []string `json:"whole,omitempty"`
}

func (s state) whole(commit string) bool { return slices.Contains(s.Whole, commit) }

// maxState is more than 100,000 references make.
const maxState = 16 << 20

func readState(dir string) (state, error) {
	name := filepath.Join(dir, "state.json")
	fi, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && fi.Size() > maxState {
		return state{}, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return state{}, err
	}
	var s state
	if json.Unmarshal(data, &s) != nil {
		return state{}, nil // cut off by a crash: fetched again
	}
	return s, nil
}

func (s state) write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	tmp := filepath.Join(dir, "state.json.new")
	if err := os.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, "state.json"))
}
