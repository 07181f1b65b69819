package archive

import (
	"errors"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The reasons for which an entry is refused. They are wrapped in an error that
// names the entry.
var (
	errEncoding  = msg.Errorf("the name is not UTF-8", "名称不是 UTF-8 编码")
	errControl   = msg.Errorf("the name contains a control character", "名称含有控制字符")
	errBackslash = msg.Errorf("the name contains a backslash", "名称含有反斜杠")
	errColon     = msg.Errorf("the name contains a colon (drive letter or stream)", "名称含有冒号（盘符或数据流）")
	errAbsolute  = msg.Errorf("the name is absolute", "名称是绝对路径")
	errParent    = msg.Errorf("the name contains \"..\"", "名称含有“..”")
	errUnclean   = msg.Errorf("the name is not in its simplest form", "名称不是最简形式")
	errTail      = msg.Errorf("an element of the name ends in a dot or a space, which Windows drops", "名称中有以点或空格结尾的部分，Windows 会将其丢弃")
	errReserved  = msg.Errorf("the name is reserved on Windows", "名称是 Windows 的保留名")
	errType      = msg.Errorf("it is neither a regular file nor a directory", "既不是普通文件，也不是目录")
	errSparse    = msg.Errorf("it is a sparse file", "是稀疏文件")
	errEncrypted = msg.Errorf("it is encrypted", "已加密")
	errDuplicate = msg.Errorf("the name occurs twice", "名称重复出现")
	errCase      = msg.Errorf("the name differs from another only in case or Unicode form", "名称与另一名称仅有大小写或 Unicode 形式之别")
	errConflict  = msg.Errorf("the name is used as a file and as a directory", "名称既用作文件又用作目录")
	errEntries   = msg.Errorf("more entries than the limit", "条目数超过上限")
	errTotal     = msg.Errorf("more bytes in all than the limit", "总字节数超过上限")
	errFile      = msg.Errorf("the file is larger than the limit", "文件大小超过上限")
	errRatio     = msg.Errorf("the compression ratio exceeds the limit", "压缩比超过上限")
	errDepth     = msg.Errorf("the name is deeper than the limit", "名称的层级超过上限")
	errNameLen   = msg.Errorf("the name is longer than the limit", "名称长度超过上限")
	errWindow    = msg.Errorf("the stream wants more memory than the limit", "数据流要求的内存超过上限")
	errTrailing  = msg.Errorf("data follows the end of the archive", "归档结尾之后还有数据")
	errNoEnd     = msg.Errorf("the archive has no end marker: it is cut short", "归档没有结束标记：内容不完整")
)

// Refused reports whether err says that an archive, or an entry to be written,
// broke a rule or a limit of this package, as opposed to an archive that could
// not be read.
func Refused(err error) bool {
	return slices.ContainsFunc([]error{
		errEncoding, errControl, errBackslash, errColon, errAbsolute, errParent, errUnclean, errTail, errReserved,
		errType, errSparse, errEncrypted, errDuplicate, errCase, errConflict,
		errEntries, errTotal, errFile, errRatio, errDepth, errNameLen, errWindow, errTrailing, errNoEnd,
	}, func(reason error) bool { return errors.Is(err, reason) })
}

// entryError names the entry that err is about; "" is the archive as a whole.
// No error stays none.
func entryError(name string, err error) error {
	if err == nil {
		return nil
	}
	if name == "" {
		return msg.Errorf("read archive: %w", "读取归档：%w", err)
	}
	return msg.Errorf("archive entry %q: %w", "归档条目 %q：%w", name, err)
}
