//go:build !linux

package server

import "io"

// send sends what is not read yet of a file.
func (c *conn) send(s *shared) (int64, error) {
	return io.Copy(struct{ io.Writer }{c}, s.SectionReader)
}
