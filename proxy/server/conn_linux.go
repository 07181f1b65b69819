package server

import (
	"io"
	"os"
	"syscall"
)

// send sends what is not read yet of a file, by sendfile with an offset of our own.
func (c *conn) send(s *shared) (n int64, err error) {
	begin, err := s.Seek(0, io.SeekCurrent) // net/http read the first bytes
	if err != nil {
		return 0, err
	}
	to, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	from, err := s.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	off, size := begin, s.Size()
	controlled := from.Control(func(src uintptr) { // keeps the file from being closed
		for off < size && err == nil {
			if err = c.extend(4 * c.stall); err != nil {
				return
			}
			piece := int(min(size-off, filePiece))
			var sent int
			var failed error
			err = to.Write(func(dst uintptr) bool {
				for {
					sent, failed = syscall.Sendfile(int(dst), int(src), &off, piece)
					if failed != syscall.EINTR {
						return failed != syscall.EAGAIN
					}
				}
			})
			switch {
			case err != nil:
			case failed != nil:
				err = os.NewSyscallError("sendfile", failed)
			case sent == 0:
				err = io.ErrUnexpectedEOF // the file is shorter than it was
			}
		}
	})
	if controlled != nil {
		err = controlled
	}
	return off - begin, err
}
