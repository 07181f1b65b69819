package store

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The classes of failure, to be asked for with errors.Is. [Fail] puts them
// around what the system or the service said.
var (
	ErrExists     error = msg.Errorf("object exists", "对象已存在")
	ErrNotFound   error = msg.Errorf("object not found", "对象不存在")
	ErrDenied     error = msg.Errorf("access denied", "没有权限")
	ErrExpired    error = msg.Errorf("upload expired", "上传已失效")
	ErrIntegrity  error = msg.Errorf("content damaged on the way", "内容在传输中损坏")
	ErrNoSpace    error = msg.Errorf("no space left", "空间不足")
	ErrTransient  error = msg.Errorf("temporary failure", "暂时性故障")
	ErrThrottled  error = msg.Errorf("too many requests", "请求过于频繁")
	ErrStale      error = msg.Errorf("credentials expired", "凭据已过期")
	ErrClock      error = msg.Errorf("clock out of step", "时钟不同步")
	ErrEndpoint   error = msg.Errorf("wrong endpoint", "访问域名不正确")
	ErrInvalidKey error = msg.Errorf("invalid key", "无效的键")
)

// Op names a method of Store or Upload in errors and in recorded calls.
type Op string

// The operations.
const (
	OpPut    Op = "put"
	OpHead   Op = "head"
	OpGet    Op = "get"
	OpList   Op = "list"
	OpDelete Op = "delete"
	OpBegin  Op = "begin"
	OpResume Op = "resume"
	OpPart   Op = "part"
	OpParts  Op = "parts"
	OpCommit Op = "commit"
	OpAbort  Op = "abort"
)

// Text is what the operation does, as a verb in both languages.
func (o Op) Text() msg.Text {
	switch o {
	case OpPut:
		return msg.Text{EN: "write", ZH: "写入"}
	case OpHead:
		return msg.Text{EN: "look up", ZH: "查询"}
	case OpGet:
		return msg.Text{EN: "read", ZH: "读取"}
	case OpList:
		return msg.Text{EN: "list", ZH: "列出"}
	case OpDelete:
		return msg.Text{EN: "delete", ZH: "删除"}
	case OpBegin:
		return msg.Text{EN: "begin upload of", ZH: "开始上传"}
	case OpResume:
		return msg.Text{EN: "resume upload of", ZH: "恢复上传"}
	case OpPart:
		return msg.Text{EN: "upload part of", ZH: "上传分块"}
	case OpParts:
		return msg.Text{EN: "list uploaded parts of", ZH: "列出已上传的分块"}
	case OpCommit:
		return msg.Text{EN: "complete upload of", ZH: "完成上传"}
	case OpAbort:
		return msg.Text{EN: "abort upload of", ZH: "放弃上传"}
	}
	return msg.Text{EN: string(o), ZH: string(o)}
}

// Fail makes the error of an operation on a key (or, for List, a prefix):
// "write demo/v1/a.tar.gz: no space left: <cause>". class is one of this
// package, or nil when none fits or cause has it already; cause is what the
// system said, or nil. The remedy is the cause's own or else the usual one for
// the class; adapters that know better replace it.
func Fail(op Op, key string, class, cause error) *msg.Error {
	en, zh := "%s %s", "%s %s"
	if strings.ContainsFunc(key, unicode.IsControl) {
		key = strconv.Quote(key)
	}
	args := []any{op.Text(), key}
	if key == "" {
		en, zh = "%s store%.0s", "%s存储%.0s"
	}
	for _, err := range []error{class, cause} {
		if err != nil {
			en, zh, args = en+": %w", zh+"：%w", append(args, err)
		}
	}
	e := msg.Errorf(en, zh, args...)
	if class == nil && msg.Hint(cause).IsZero() {
		class = ClassOf(cause)
	}
	if h, ok := remedies[class]; ok {
		e = e.WithHint("%s", "%s", h)
	}
	return e
}

// ClassOf returns the class of this package that err has, or nil.
func ClassOf(err error) error {
	for _, class := range []error{ErrExists, ErrNotFound, ErrDenied, ErrExpired, ErrIntegrity, ErrNoSpace, ErrTransient, ErrThrottled, ErrStale, ErrClock, ErrEndpoint, ErrInvalidKey} {
		if errors.Is(err, class) {
			return class
		}
	}
	return nil
}

var remedies = map[error]msg.Text{
	ErrDenied:     {EN: "check that you may write to this store", ZH: "请检查您对该存储是否有写权限"},
	ErrExpired:    {EN: "begin the upload again", ZH: "请重新开始上传"},
	ErrIntegrity:  {EN: "run the command again; if it happens twice, something between here and the store changes data", ZH: "请重新运行；若再次出现，说明到存储之间有环节改动了数据"},
	ErrNoSpace:    {EN: "free some space or choose another store", ZH: "请清理空间或改用其他存储"},
	ErrTransient:  {EN: "run the command again", ZH: "请重新运行"},
	ErrThrottled:  {EN: "run the command again a little later, or with fewer connections", ZH: "请稍后重新运行，或减少连接数"},
	ErrStale:      {EN: "get new credentials; a token for a long upload needs a longer life", ZH: "请获取新的凭据；上传耗时较长时，令牌需要更长的有效期"},
	ErrClock:      {EN: "set this machine's clock (NTP)", ZH: "请校准本机时钟（NTP）"},
	ErrEndpoint:   {EN: "check bucket, region and endpoint of the store's URL", ZH: "请检查存储 URL 中的桶名、地域与访问域名"},
	ErrInvalidKey: {EN: "use names separated by /, without empty, . or .. elements, backslashes or control characters", ZH: "请使用以 / 分隔的名称，不含空、. 或 .. 元素、反斜杠和控制字符"},
}

// Later is an error of a store that says when to try again.
type Later struct {
	error
	After time.Duration // from now; never negative
}

// Unwrap returns the error itself.
func (e *Later) Unwrap() error { return e.error }

// WithLater adds to an error when the store wants to be asked again; 0 or less
// adds nothing.
func WithLater(err error, after time.Duration) error {
	if err == nil || after <= 0 {
		return err
	}
	return &Later{err, after}
}

// ValidKey checks the rule for keys: valid UTF-8, relative, slash-separated, no
// empty, "." or ".." element, no backslash, no control character, at most 1023
// bytes. The error is ErrInvalidKey. A store may be stricter.
func ValidKey(key string) error {
	if len(key) > 1023 || !fs.ValidPath(key) || key == "." ||
		strings.ContainsFunc(key, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return msg.Errorf("key %q: %w", "键 %q：%w", key, ErrInvalidKey).WithHint("%s", "%s", remedies[ErrInvalidKey])
	}
	return nil
}
