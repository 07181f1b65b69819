package file

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// validKey is store.ValidKey and this package's own rules.
func validKey(key string) error {
	refuse := func(en, zh string, args ...any) error {
		return msg.Errorf("%w", "%w", store.ErrInvalidKey).WithHint(en, zh, args...)
	}
	if err := store.ValidKey(key); err != nil {
		return refuse("%s", "%s", msg.Hint(err))
	}
	first, _, _ := strings.Cut(key, "/")
	if strings.EqualFold(first, area) {
		return refuse("%s belongs to the store itself", "%s 由存储自身使用", area)
	}
	if i := strings.IndexAny(key, `<>:"|?*`); i >= 0 {
		return refuse("use no %q: Windows cannot hold such a file", "请勿使用 %q：Windows 无法保存这样的文件", key[i:i+1])
	}
	for name := range strings.SplitSeq(key, "/") {
		switch {
		case len(name) > 255:
			return refuse("keep each part of the name within 255 bytes", "名称的每一段不得超过 255 字节")
		case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
			return refuse("let no part of the name end with a dot or a space: Windows drops them", "名称的任何一段都不要以点或空格结尾：Windows 会将其丢弃")
		case deviceName(name):
			return refuse("%q is a device on Windows; choose another name", "%q 在 Windows 上是设备名；请换一个名称", name)
		}
	}
	return nil
}

// deviceName knows the names Windows reserves in every directory, with any
// extension.
func deviceName(name string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(name), ".")
	base = strings.TrimRight(base, " ")
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, found := strings.CutPrefix(base, "COM")
	if !found {
		port, found = strings.CutPrefix(base, "LPT")
	}
	if !found {
		return false
	}
	switch port {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}

// clash tells that the name taken is wanted both for a file and for a directory.
func clash(taken string, cause error) error {
	return msg.Errorf("%w: %w", "%w：%w", store.ErrInvalidKey, cause).WithHint(
		"a directory cannot hold both an object %q and objects below it; rename one of them",
		"目录无法同时保存对象 %q 和它之下的对象；请重命名其中之一", taken)
}
