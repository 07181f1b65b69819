package msg

import "syscall"

// errnos are the operating system's own words for the failures that people can
// do something about; the others stay in English.
var errnos = map[syscall.Errno]string{
	syscall.EACCES:    "权限不足",
	syscall.EBUSY:     "设备或资源忙",
	syscall.EEXIST:    "文件已存在",
	syscall.EFBIG:     "文件过大",
	syscall.EIO:       "输入输出错误",
	syscall.EISDIR:    "是一个目录",
	syscall.ELOOP:     "符号链接层数过多",
	syscall.EMFILE:    "打开的文件过多",
	syscall.ENOENT:    "没有该文件或目录",
	syscall.ENOSPC:    "设备空间已满",
	syscall.ENOTDIR:   "不是目录",
	syscall.ENOTEMPTY: "目录非空",
	syscall.EPERM:     "操作不被允许",
	syscall.EROFS:     "文件系统只读",
}
