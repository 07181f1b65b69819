package vuln

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// StaleAfter is the age from which a database is called old.
const StaleAfter = 30 * 24 * time.Hour

// Options say what to ask and where. DB is required.
type Options struct {
	Tool    string    // govulncheck, by name or path; "" = govulncheck from PATH
	DB      string    // folder of the database
	Environ []string  // the program's environment; nil = this process's
	Now     time.Time // for the age; zero = now
}

// Scanner asks about one program after the other. It is immutable and safe for
// concurrent use.
type Scanner struct {
	Modified time.Time // of the database, UTC
	Age      time.Duration
	tool     string
	db       string // as a URL
	environ  []string
}

// New finds the program and looks at the database.
func New(o Options) (*Scanner, error) {
	name := o.Tool
	if name == "" {
		name = "govulncheck"
	}
	tool, err := exec.LookPath(name)
	if err != nil {
		return nil, msg.Errorf("scan for vulnerabilities: there is no program %s", "扫描漏洞：找不到程序 %s", name).WithKind(msg.Incomplete).
			WithHint("install it with go install golang.org/x/vuln/cmd/govulncheck@v1.1.4, or name it with --govulncheck", "请用 go install golang.org/x/vuln/cmd/govulncheck@v1.1.4 安装，或用 --govulncheck 指定")
	}
	dir, err := filepath.Abs(o.DB)
	if err != nil {
		return nil, msg.Errorf("scan for vulnerabilities: %w", "扫描漏洞：%w", err).WithKind(msg.Incomplete)
	}
	var db struct {
		Modified time.Time `json:"modified"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "index", "db.json"))
	if err == nil {
		err = json.Unmarshal(b, &db)
	}
	if err == nil && db.Modified.IsZero() {
		err = errors.New("index/db.json has no time of modification")
	}
	if err != nil {
		return nil, msg.Errorf("read vulnerability database %s: %w", "读取漏洞数据库 %s：%w", o.DB, err).WithKind(msg.Incomplete).
			WithHint("name the folder that holds index and ID, a copy of vuln.go.dev", "请指定含有 index 与 ID 的目录，即 vuln.go.dev 的副本")
	}
	now := o.Now
	if now.IsZero() {
		now = time.Now()
	}
	return &Scanner{Modified: db.Modified.UTC(), Age: now.Sub(db.Modified), tool: tool, db: fileURL(dir), environ: o.Environ}, nil
}

// fileURL is a folder as govulncheck wants it.
func fileURL(dir string) string {
	path := filepath.ToSlash(dir)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// Stale reports whether the database is older than [StaleAfter].
func (s *Scanner) Stale() bool { return s.Age > StaleAfter }

// Days is the age of the database in whole days.
func (s *Scanner) Days() int { return int(s.Age / (24 * time.Hour)) }

// Scan asks about one program.
func (s *Scanner) Scan(ctx context.Context, file string) ([]Finding, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, msg.Errorf("scan %s: %w", "扫描 %s：%w", file, err).WithKind(msg.Incomplete)
	}
	cmd := exec.CommandContext(ctx, s.tool, "-mode", "binary", "-format", "json", "-db", s.db, path)
	cmd.Env = s.environ
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := subproc.Run(cmd); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, msg.Errorf("scan %s: govulncheck: %w: %s", "扫描 %s：govulncheck：%w：%s", file, err, lastLine(said.String())).WithKind(msg.Incomplete).
			WithHint("it has to be a Go program, and govulncheck 1.1 or later", "目标须为 Go 程序，且 govulncheck 不低于 1.1")
	}
	found, err := Parse(out.Bytes())
	if err != nil {
		return nil, msg.Errorf("scan %s: %w", "扫描 %s：%w", file, err).WithKind(msg.Incomplete)
	}
	return found, nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndex(s, "\n")+1:]
}
