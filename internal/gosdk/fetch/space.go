package fetch

import (
	"errors"
	"runtime"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// noSpace reports whether an error says that a disk is full, or a quota.
func noSpace(err error) bool {
	const diskFull, handleDiskFull = syscall.Errno(112), syscall.Errno(39) // Windows
	var no syscall.Errno
	if !errors.As(err, &no) {
		return false
	}
	return no == syscall.ENOSPC || no == syscall.EDQUOT || runtime.GOOS == "windows" && (no == diskFull || no == handleDiskFull)
}

// space adds the remedy to an error about a full disk.
func space(err error, dir string) error {
	if !noSpace(err) {
		return err
	}
	return msg.Errorf("%w", "%w", err).
		WithHint("an SDK needs about 80 MB as an archive and 250 MB unpacked; make room below %s or name another folder; what was downloaded is kept", "一个 SDK 的压缩包约需 80 MB，解压后约需 250 MB；请在 %s 腾出空间或另选目录；已下载的部分会保留", dir)
}
