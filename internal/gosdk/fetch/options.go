package fetch

import (
	"net/http"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// Options say where Find may look and who may vouch. The zero value finds nothing.
type Options struct {
	// Dir is a GOROOT, or a folder with the module zip, the archive or an unpacked
	// tree under their usual names, such as the Cache of another machine. ""
	// = the places below; otherwise it is the only place.
	Dir string
	// Cache is our own folder, for what is downloaded and unpacked. It is made when
	// it does not exist, readable for its owner alone. "" = nothing is downloaded and
	// no archive unpacked.
	Cache string
	// ModCache is GOMODCACHE. "" = not asked.
	ModCache string
	// Mirrors is GOPROXY. direct is skipped: it means the archive hosts. nil = none.
	Mirrors goenv.Proxies
	// Archives are base URLs below which archives have their usual names, or whole
	// URLs that end in .tar.gz, on Windows in .zip, asked in order. nil = [DefaultArchives], but none
	// for an ABI of its own, whose archives have the same names and other content;
	// empty = none.
	Archives []string
	// Offline leaves out everything that needs a network: mirrors but for file://,
	// archives, and Log.
	Offline bool
	// Client makes the requests; it comes from httpx.New. nil = one with the
	// defaults, without an HTTP proxy.
	Client *http.Client

	// H1 and SHA256 are the caller's pins: of the files, "h1:…", and of the archive,
	// in hex. "" = not pinned. What is pinned must agree.
	H1, SHA256 string
	// Proof is a log that reads a proof file. nil = none.
	Proof gosdk.Log
	// Log is the checksum database; see [NewLog]. It is asked when nothing above
	// vouches. nil = not asked.
	Log gosdk.Log

	// Progress is told how far a download is, by one goroutine, for each piece that
	// was written: where from, without secrets, bytes at hand, bytes in all (-1 =
	// not known). nil = nobody.
	Progress func(source string, done, total int64)
	// Stall is how long a download may bring less than 4 KiB before the mirror is
	// given up. 0 = 30 s.
	Stall time.Duration
}

// DefaultArchives are the usual archive mirrors: Go's own for mainland China, then
// Aliyun's.
func DefaultArchives() []string {
	return []string{"https://golang.google.cn/dl", "https://mirrors.aliyun.com/golang"}
}
