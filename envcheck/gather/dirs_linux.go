package gather

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// fsNames are the file systems that Go's folders are met on.
var fsNames = map[int64]string{
	unix.EXT4_SUPER_MAGIC: "ext4", unix.XFS_SUPER_MAGIC: "xfs", unix.BTRFS_SUPER_MAGIC: "btrfs", unix.TMPFS_MAGIC: "tmpfs", unix.OVERLAYFS_SUPER_MAGIC: "overlay",
	unix.NFS_SUPER_MAGIC: "nfs", 0xff534d42: "cifs", 0xfe534d42: "smb2", unix.SMB_SUPER_MAGIC: "smb", 0x65735546: "fuse", unix.V9FS_MAGIC: "9p", unix.F2FS_SUPER_MAGIC: "f2fs",
	unix.MSDOS_SUPER_MAGIC: "vfat", 0x5346544e: "ntfs", 0x7366746e: "ntfs3", 0x2011bab0: "exfat", unix.RAMFS_MAGIC: "ramfs", unix.SQUASHFS_MAGIC: "squashfs", 0x2fc12fc1: "zfs",
	0xc36400: "ceph", unix.AFS_FS_MAGIC: "afs", unix.PROC_SUPER_MAGIC: "proc", 0x9fa2: "usbdevfs", 0x0bd00bd0: "lustre", 0x47504653: "gpfs", 0x01161970: "gfs2", unix.ECRYPTFS_SUPER_MAGIC: "ecryptfs",
}

func filesystem(path string, d *envcheck.Dir) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return
	}
	magic := int64(st.Type) & 0xffffffff //nolint:unconvert // of another type on some architectures
	if d.FS = fsNames[magic]; d.FS == "" {
		d.FS = fmt.Sprintf("0x%x", magic)
	}
	flags := int64(st.Flags) //nolint:unconvert // of another type on some architectures
	d.ReadOnly, d.NoExec = flags&unix.ST_RDONLY != 0, flags&unix.ST_NOEXEC != 0
	d.Free = int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // of another type on some architectures
	if st.Files > 0 {
		d.Inodes = int64(st.Ffree)
	}
}
