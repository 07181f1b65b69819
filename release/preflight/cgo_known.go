package preflight

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Replacement is a known pure-Go way to do what a cgo package does.
type Replacement struct {
	Module string   // import path to use instead; "" = only advice
	Note   msg.Text // what to mind; zero = it is close to a drop-in
}

// In tells the replacement in one language.
func (r Replacement) In(l msg.Lang) string {
	note := r.Note.In(l)
	switch {
	case r.Module == "":
		return note
	case note == "":
		return r.Module
	case l == msg.Chinese:
		return r.Module + "（" + note + "）"
	}
	return r.Module + " (" + note + ")"
}

// replacements maps the import path of a cgo package, or a prefix of it, to
// what serves instead.
var replacements = []struct {
	prefix string
	use    []Replacement
}{
	{"github.com/mattn/go-sqlite3", []Replacement{
		{"modernc.org/sqlite", text("database/sql driver name sqlite", "database/sql 驱动名为 sqlite")},
		{"github.com/ncruces/go-sqlite3", text("by WebAssembly; slow where its runtime has no compiler, as on loong64", "基于 WebAssembly；在没有编译器的平台如 loong64 上较慢")},
	}},
	{"gorm.io/driver/sqlite", []Replacement{{"github.com/glebarez/sqlite", text("the same driver over modernc.org/sqlite", "同样的驱动，基于 modernc.org/sqlite")}}},
	{"github.com/confluentinc/confluent-kafka-go", []Replacement{
		{"github.com/twmb/franz-go", text("other interface", "接口不同")}, {"github.com/segmentio/kafka-go", text("other interface", "接口不同")},
	}},
	{"github.com/libgit2/git2go", []Replacement{{"github.com/go-git/go-git/v5", text("other interface", "接口不同")}}},
	{"github.com/godror/godror", []Replacement{{"github.com/sijms/go-ora/v2", text("no Oracle client needed", "无需 Oracle 客户端")}}},
	{"github.com/mattn/go-oci8", []Replacement{{"github.com/sijms/go-ora/v2", text("no Oracle client needed", "无需 Oracle 客户端")}}},
	{"github.com/google/gopacket/pcap", []Replacement{
		{"github.com/gopacket/gopacket/afpacket", text("Linux only; check that the packages you import are free of cgo", "仅限 Linux；请确认所用子包不含 cgo")},
		{"github.com/gopacket/gopacket/pcapgo", text("reads and writes capture files, live capture on Linux", "读写抓包文件，Linux 上可实时抓包")},
	}},
	{"github.com/gopacket/gopacket/pcap", []Replacement{{"github.com/gopacket/gopacket/pcapgo", text("reads and writes capture files, live capture on Linux", "读写抓包文件，Linux 上可实时抓包")}}},
	{"rogchap.com/v8go", []Replacement{{"github.com/dop251/goja", text("JavaScript in Go, slower", "纯 Go 的 JavaScript，较慢")}}},
	{"github.com/tommie/v8go", []Replacement{{"github.com/dop251/goja", text("JavaScript in Go, slower", "纯 Go 的 JavaScript，较慢")}}},
	{"github.com/DataDog/zstd", []Replacement{{"github.com/klauspost/compress/zstd", msg.Text{}}}},
	{"github.com/valyala/gozstd", []Replacement{{"github.com/klauspost/compress/zstd", msg.Text{}}}},
	{"github.com/google/brotli/go/cbrotli", []Replacement{{"github.com/andybalholm/brotli", msg.Text{}}}},
	{"github.com/linxGnu/grocksdb", []Replacement{{"github.com/cockroachdb/pebble", text("reads RocksDB files of some versions", "可读部分版本的 RocksDB 文件")}}},
	{"github.com/tecbot/gorocksdb", []Replacement{{"github.com/cockroachdb/pebble", text("reads RocksDB files of some versions", "可读部分版本的 RocksDB 文件")}}},
	{"github.com/jmhodges/levigo", []Replacement{{"github.com/syndtr/goleveldb/leveldb", msg.Text{}}}},
	{"github.com/pebbe/zmq4", []Replacement{{"github.com/go-zeromq/zmq4", msg.Text{}}}},
	{"github.com/alexbrainman/odbc", []Replacement{{"", text("use the database's own pure-Go driver", "改用该数据库自己的纯 Go 驱动")}}},
	{"github.com/ibmdb/go_ibm_db", []Replacement{{"", text("no pure-Go DB2 driver is known", "没有已知的纯 Go DB2 驱动")}}},
	{"github.com/yanyiwu/gojieba", []Replacement{{"github.com/go-ego/gse", text("Chinese word segmentation, other interface", "中文分词，接口不同")}}},
	{"github.com/karalabe/hid", []Replacement{{"", text("on Linux read /dev/hidraw directly", "在 Linux 上可直接读取 /dev/hidraw")}}},
	{"github.com/go-gl/", []Replacement{{"", text("OpenGL needs the system's libraries: build on the target system", "OpenGL 需要系统库：请在目标系统上构建")}}},
	{"github.com/miekg/pkcs11", []Replacement{{"", text("PKCS#11 modules are C libraries: run one as an external command", "PKCS#11 模块是 C 库：请改用外部命令调用")}}},
	{"gocv.io/x/gocv", []Replacement{{"", text("OpenCV is a C++ library: build on the target system", "OpenCV 是 C++ 库：请在目标系统上构建")}}},
}

func replacementsFor(pkg string) []Replacement {
	for _, r := range replacements {
		if under(pkg, r.prefix) {
			return r.use
		}
	}
	return nil
}

// cgoOptional are modules whose variants without cgo are complete, or lose only
// what a server does not miss.
var cgoOptional = []string{
	"golang.org/x/",
	"github.com/shirou/gopsutil",                     // darwin counters
	"github.com/prometheus/client_golang/prometheus", // darwin memory maps
	"github.com/rjeczalik/notify",                    // kqueue instead of FSEvents
	"github.com/ebitengine/purego",                   // made for it
	"github.com/jupiterrider/ffi",                    // over purego
	"modernc.org/",                                   // made for it
}

func worksWithoutCgo(pkg string) bool {
	for _, m := range cgoOptional {
		if under(pkg, m) {
			return true
		}
	}
	return false
}

// under reports whether a package is the named one or lies below it.
func under(pkg, prefix string) bool {
	rest, ok := strings.CutPrefix(pkg, prefix)
	return ok && (rest == "" || strings.HasSuffix(prefix, "/") || rest[0] == '/')
}
