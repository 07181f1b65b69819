package archive

import (
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Decompress opens the stream inside TarGz, TarZst, TarXz, Gz or Tar, for callers
// who want the bytes of the tar themselves, such as a layer of an image, whose
// links and devices Walk refuses. What the stream may ask of memory is bounded,
// how long it is is the caller's concern. Close releases the decoder and leaves r
// open.
func Decompress(f Format, r io.Reader) (io.ReadCloser, error) {
	switch f {
	case TarGz, TarZst, TarXz, Gz, Tar:
	default:
		return nil, msg.Errorf("decompress: %s is no stream", "解压：%s 不是流式格式", f)
	}
	stream, done, err := decompress(f, r)
	if err != nil {
		return nil, entryError("", err)
	}
	return decoder{stream, done}, nil
}

type decoder struct {
	io.Reader
	done func()
}

func (d decoder) Close() error {
	d.done()
	return nil
}
