package release

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/vuln"
)

// Inspected is one executable found by [InspectPath].
type Inspected struct {
	Name    string          `json:"name"` // path; behind "!" the path within an archive
	Size    int64           `json:"size"`
	Verdict inspect.Verdict `json:"verdict"`
	// Database and Vulnerabilities say what the scanner found, and by a database of
	// which time; absent where nobody asked.
	Database        *time.Time      `json:"vulndb_modified,omitempty"`
	Vulnerabilities *[]vuln.Finding `json:"vulnerabilities,omitempty"`
}

// InspectPath inspects the executables in a file, a folder or an archive, and asks
// about known vulnerabilities of each; one that cannot be asked about is an error. No
// scanner, no question. Files that are no executables are passed over, unless path
// itself is one.
func InspectPath(ctx context.Context, path string, p inspect.Policy, s *vuln.Scanner) ([]Inspected, error) {
	var out []Inspected
	err := inspect.Scan(ctx, path, func(name string, f *inspect.Facts, err error) error {
		if err == nil {
			found := Inspected{Name: name, Size: f.Size, Verdict: inspect.Judge(f, p)}
			err = found.scan(ctx, s, name)
			out = append(out, found)
			return err
		}
		if !errors.Is(err, inspect.ErrNotExecutable) {
			return err
		}
		inside, err := inspectArchive(ctx, name, p, s)
		out = append(out, inside...)
		return err
	})
	return out, err
}

// scan asks about the executable in a file.
func (i *Inspected) scan(ctx context.Context, s *vuln.Scanner, file string) error {
	if s == nil {
		return nil
	}
	found, err := s.Scan(ctx, file)
	if err != nil {
		return err
	}
	i.Database, i.Vulnerabilities = &s.Modified, &found
	return nil
}

// Vulnerable reports whether a vulnerable function is in the executable.
func (i Inspected) Vulnerable() bool {
	return i.Vulnerabilities != nil && slices.ContainsFunc(*i.Vulnerabilities, func(f vuln.Finding) bool { return f.Severity() == "error" })
}

// inspectArchive looks at the executables in an archive; a file that is none
// holds none.
func inspectArchive(ctx context.Context, path string, p inspect.Policy, s *vuln.Scanner) (out []Inspected, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("inspect: %w", "检查：%w", err)
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err != nil || format == archive.Binary {
		return nil, nil // not an archive
	}
	work, err := workdir.New("")
	if err != nil {
		return nil, err
	}
	defer func() { err = msg.Join(err, work.Close()) }()
	err = archive.Walk(ctx, f, format, archive.Strict(), func(h archive.Header, r io.Reader) error {
		if h.Mode.IsDir() {
			return nil
		}
		// The facts need random access, and a member may be large.
		tmp, err := os.CreateTemp(work.Path(), "member-*")
		if err != nil {
			return err
		}
		defer os.Remove(tmp.Name())
		defer tmp.Close()
		n, err := io.Copy(tmp, r)
		if err != nil {
			return err
		}
		facts, err := inspect.Read(tmp, n)
		if errors.Is(err, inspect.ErrNotExecutable) {
			return nil
		}
		if err != nil {
			return msg.Errorf("%s: %w", "%s：%w", h.Name, err)
		}
		found := Inspected{Name: path + "!" + h.Name, Size: n, Verdict: inspect.Judge(facts, p)}
		if err := found.scan(ctx, s, tmp.Name()); err != nil {
			return &scanFailure{err}
		}
		out = append(out, found)
		return nil
	})
	if own := (*scanFailure)(nil); errors.As(err, &own) {
		return out, own.error
	}
	if err != nil {
		err = msg.Errorf("inspect %s: %w", "检查 %s：%w", path, err).WithHint("the archive may be damaged or cut short; fetch it again", "归档可能已损坏或不完整；请重新获取")
	}
	return out, err
}

// scanFailure is trouble with the scanner, not with the archive that is walked.
type scanFailure struct{ error }
