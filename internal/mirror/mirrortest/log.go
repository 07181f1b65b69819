package mirrortest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Log is a checksum database in memory that grows when it is told to, for tests
// about heads of different days. Its methods may be called by several goroutines.
type Log struct {
	signer   note.Signer
	verifier string

	mu      sync.Mutex
	hashes  []tlog.Hash
	records [][]byte
	ids     map[string]int64
	heads   map[string]int64 // sizes of the trees that lookups come with
	shown   int64
	asked   []string
}

// NewLog makes an empty log with a key of its own.
func NewLog(name string) *Log {
	private, verifier, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		panic(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		panic(err)
	}
	return &Log{signer: signer, verifier: verifier, ids: map[string]int64{}, heads: map[string]int64{}}
}

// Key is the verifier key, a valid GOSUMDB.
func (l *Log) Key() string { return l.verifier }

// H1 is a sum that is nobody's, and always the same for the same text.
func H1(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "h1:" + base64.StdEncoding.EncodeToString(sum[:])
}

// Add adds a version and returns its record's number. Empty sums are made up. Its
// lookups come with the head of this day, and /latest is that head.
func (l *Log) Add(path, version, zip, mod string) int64 {
	id := path + "@" + version
	if zip == "" {
		zip = H1(id)
	}
	if mod == "" {
		mod = H1(id + "/go.mod")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := int64(len(l.records))
	text := fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, zip, path, version, mod)
	hashes, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(text), hashReader(l.hashes))
	if err != nil {
		panic(err)
	}
	l.hashes, l.records = append(l.hashes, hashes...), append(l.records, text)
	l.ids[id], l.heads[id], l.shown = n, n+1, n+1
	return n
}

// Fill adds versions of other modules until there are n records.
func (l *Log) Fill(n int64) {
	for l.Size() < n {
		l.Add("example.com/fill", fmt.Sprintf("v0.0.%d", l.Size()), "", "")
	}
}

// Size is how many records there are.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.records))
}

// Head is the signed head of the first n records.
func (l *Log) Head(n int64) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head(n)
}

func (l *Log) head(n int64) []byte {
	hash, err := tlog.TreeHash(n, hashReader(l.hashes))
	if err != nil {
		panic(err)
	}
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tlog.Tree{N: n, Hash: hash}))}, l.signer)
	if err != nil {
		panic(err)
	}
	return signed
}

// Show makes /latest the head of n records, however many there are.
func (l *Log) Show(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = n
}

// Asked are the paths that Read was asked for, in order; it forgets them.
func (l *Log) Asked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.asked
	l.asked = nil
	return asked
}

// Read answers /latest, /lookup/… and /tile/…: what is not there is fs.ErrNotExist.
func (l *Log) Read(ctx context.Context, path string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, path)
	if path == "/latest" {
		return l.head(l.shown), nil
	}
	if t, err := tlog.ParseTilePath(path[1:]); err == nil {
		if t.N<<8+int64(t.W) > int64(len(l.records))>>(8*t.L) {
			return nil, fs.ErrNotExist
		}
		return tlog.ReadTileData(t, hashReader(l.hashes))
	}
	escaped, version, _ := strings.Cut(strings.TrimPrefix(path, "/lookup/"), "@")
	m, err := module.UnescapePath(escaped)
	if err != nil {
		return nil, fs.ErrNotExist
	}
	if version, err = module.UnescapeVersion(version); err != nil {
		return nil, fs.ErrNotExist
	}
	n, ok := l.ids[m+"@"+version]
	if !ok {
		return nil, fs.ErrNotExist
	}
	record, err := tlog.FormatRecord(n, l.records[n])
	if err != nil {
		return nil, err
	}
	return append(record, l.head(l.heads[m+"@"+version])...), nil
}

type hashReader []tlog.Hash

func (r hashReader) ReadHashes(at []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, i := range at {
		if i >= int64(len(r)) {
			return nil, fs.ErrNotExist
		}
		all = append(all, r[i])
	}
	return all, nil
}

// Fork is an empty log with the same key, which will contradict this one.
func (l *Log) Fork() *Log {
	return &Log{signer: l.signer, verifier: l.verifier, ids: map[string]int64{}, heads: map[string]int64{}}
}
