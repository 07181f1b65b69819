package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// JournalFile names the journal of one publication in a folder: the same store
// and scope always have the same one, and others have others, so that processes
// that publish to different stores do not meet. "" stays "".
func JournalFile(folder, store, scope string) string {
	if folder == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(store + "\n" + scope))
	return filepath.Join(folder, ".publish-"+hex.EncodeToString(sum[:8])+".json")
}

// entry is an upload that was begun. An upload ID is no secret: without keys it
// is worth nothing.
type entry struct {
	Key      string    `json:"key"`
	SHA256   string    `json:"sha256"` // of the content
	PartSize int64     `json:"part_size"`
	ID       string    `json:"id"`
	Since    time.Time `json:"since"`
}

// journal is a file with the uploads under way, written as a whole after each
// change. It is a help, never a condition: what cannot be read is as good as
// none, and when it cannot be written nothing will be resumed. It is not flushed
// to the disk: after a power cut the uploads begin anew.
type journal struct {
	file, store string

	mu     sync.Mutex
	list   []entry
	broken bool // cannot be written
	exists bool // on the disk
}

type journalFile struct {
	Schema  int     `json:"schema"`
	Store   string  `json:"store"`
	Uploads []entry `json:"uploads"`
}

// mostJournal is beyond any journal.
const mostJournal = 16 << 20

func openJournal(file, store string) *journal {
	j := &journal{file: file, store: store}
	if file == "" {
		return j
	}
	if fi, err := os.Lstat(file); err != nil || !fi.Mode().IsRegular() || fi.Size() > mostJournal {
		return j
	}
	b, err := os.ReadFile(file)
	j.exists = err == nil
	if f := parseJournal(b); f.Store == store {
		j.list = f.Uploads
	}
	return j
}

// parseJournal understands what it can; anything else is empty.
func parseJournal(b []byte) journalFile {
	var f journalFile
	if json.Unmarshal(b, &f) != nil || f.Schema != 1 {
		return journalFile{}
	}
	f.Uploads = slices.DeleteFunc(f.Uploads, func(e entry) bool {
		return e.Key == "" || e.ID == "" || len(e.SHA256) != 64 || e.PartSize <= 0
	})
	slices.SortFunc(f.Uploads, func(a, b entry) int { return cmp.Compare(a.Key, b.Key) })
	f.Uploads = slices.CompactFunc(f.Uploads, func(a, b entry) bool { return a.Key == b.Key })
	return f
}

// usable reports whether there is a journal that can be written.
func (j *journal) usable() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file != "" && !j.broken
}

// find returns the upload of this content to this key, or nil.
func (j *journal) find(key, sha string) *entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.list, func(e entry) bool { return e.Key == key && e.SHA256 == sha })
	if i < 0 {
		return nil
	}
	e := j.list[i]
	return &e
}

func (j *journal) entries() []entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.list)
}

// add remembers an upload, before its first part is sent.
func (j *journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.remove(e.Key)
	j.list = append(j.list, e)
	j.write()
}

// drop forgets the upload to a key and returns it, nil if there is none. The
// file is not written: an upload that is gone costs one request to find out.
func (j *journal) drop(key string) *entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.remove(key)
}

func (j *journal) remove(key string) *entry {
	i := slices.IndexFunc(j.list, func(e entry) bool { return e.Key == key })
	if i < 0 {
		return nil
	}
	e := j.list[i]
	j.list = slices.Delete(j.list, i, i+1)
	return &e
}

// save writes the file; an empty journal has none.
func (j *journal) save() {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.file == "" || len(j.list) == 0 && !j.exists:
	case len(j.list) == 0:
		_ = os.Remove(j.file)
		_ = os.Remove(j.file + tempSuffix)
		j.exists = false
	default:
		j.write()
	}
}

func (j *journal) write() {
	if j.file == "" || j.broken {
		return
	}
	b, err := json.MarshalIndent(journalFile{Schema: 1, Store: j.store, Uploads: j.list}, "", "  ")
	if err == nil {
		err = replaceFile(j.file, append(b, '\n'))
	}
	j.broken, j.exists = err != nil, j.exists || err == nil
}

// replaceFile gives a file another content at once. A killed process leaves at
// most one other file, which the next one uses again.
func replaceFile(name string, b []byte) error {
	if err := os.WriteFile(name+tempSuffix, b, 0o644); err != nil {
		return err
	}
	return os.Rename(name+tempSuffix, name)
}

const tempSuffix = ".tmp"
