package lint

import (
	"context"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/dockerfile"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Options are what else is known. The zero value is good.
type Options struct {
	// Matrix adds its bases to those that the rules know by name; nil adds none.
	Matrix *matrix.Matrix
}

// No Dockerfile that a person wrote comes near.
const (
	maxSize         = 256 << 10
	maxInstructions = 2000
)

// Check reads a Dockerfile and returns its findings in the order of lines. name is
// for the findings alone. The error says that the file is none, with its line.
func Check(ctx context.Context, name string, src []byte, o Options) ([]lint.Finding, error) {
	f, err := dockerfile.Parse(src)
	if err != nil {
		return nil, msg.Errorf("lint %s: %w", "检查 %s：%w", name, err)
	}
	if len(src) > maxSize || len(f.Instructions) > maxInstructions {
		return nil, msg.Errorf("lint %s: it has more than %d bytes or %d instructions", "检查 %s：文件超过 %d 字节或 %d 条指令", name, maxSize, maxInstructions)
	}
	return Rules().Check(ctx, name, newView(f, o.Matrix))
}
