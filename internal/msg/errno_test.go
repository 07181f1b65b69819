package msg

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestSystemErrorsSpeakChinese(t *testing.T) {
	_, err := os.Open(filepath.Join(t.TempDir(), "none"))
	if zh := In(Errorf("read: %w", "读取：%w", err), Chinese); !strings.Contains(zh, "：open ") || !strings.HasSuffix(zh, "none: 没有该文件或目录") {
		t.Errorf("%v in Chinese: %s", err, zh)
	}
	if en := In(err, English); en != err.Error() {
		t.Errorf("in English: %s", en)
	}
	if zh := In(syscall.EDOM, Chinese); zh != syscall.EDOM.Error() {
		t.Errorf("one that is not in the table: %q", zh)
	}
}
