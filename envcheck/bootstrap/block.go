package bootstrap

import (
	"bytes"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The marks between which a file of the user's is ours. # begins a comment in
// every language that we write to.
const (
	beginMark = "# >>> yingzao bootstrap >>> (yingzao bootstrap undo removes this block)"
	endMark   = "# <<< yingzao bootstrap <<<"
	// beginWord is how the first mark is known again, should its remark change.
	beginWord = "# >>> yingzao bootstrap >>>"
)

// withBlock puts our lines between the marks, at the end where there are none
// yet. Every other byte stays. An empty body removes the block.
func withBlock(data []byte, body string) ([]byte, error) {
	from, to, err := findBlock(data)
	if err != nil {
		return nil, err
	}
	if body == "" {
		return slices.Concat(data[:from], data[to:]), nil
	}
	block := []byte(beginMark + "\n" + body + endMark + "\n")
	if from == len(data) && from > 0 && data[from-1] != '\n' {
		block = append([]byte("\n"), block...)
	}
	return slices.Concat(data[:from], block, data[to:]), nil
}

// findBlock is where the block stands; both ends are the end of the file when
// there is none.
func findBlock(data []byte) (from, to int, err error) {
	from, to = -1, -1
	for at := 0; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := bytes.TrimRight(data[at:end], "\r\n")
		switch {
		case bytes.HasPrefix(line, []byte(beginWord)):
			if from >= 0 {
				return 0, 0, brokenMarks()
			}
			from = at
		case string(line) == endMark:
			if from < 0 || to >= 0 {
				return 0, 0, brokenMarks()
			}
			to = end
		}
		at = end
	}
	switch {
	case from < 0:
		return len(data), len(data), nil
	case to < 0:
		return 0, 0, brokenMarks()
	}
	return from, to, nil
}

func brokenMarks() error {
	return msg.Errorf("the marks of our block do not match", "受管区块的标记不成对").
		WithHint("remove the lines with %q and %q and what we wrote between them", "请删除含 %q 与 %q 的行及其间由本工具写入的内容", beginWord, endMark)
}
