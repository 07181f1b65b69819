package release

import (
	"context"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// SBOMOf makes the bill of materials of any Go program, without its project: what
// the program says of itself. Licences are not in it, and it has a time only if the
// program has its commit's.
func SBOMOf(ctx context.Context, path, format string) ([]byte, error) {
	programs, err := sbom.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sums, err := archive.SumFile(ctx, path)
	if err != nil {
		return nil, err
	}
	name, p := filepath.Base(path), programs[0]
	s := sbom.Subject{Project: p.Main.Path, Created: p.Time(), Artifact: name, SHA256: sums.SHA256,
		Binaries: []sbom.Binary{{Name: name, SHA256: sums.SHA256, Programs: programs}}}
	if p.Main.Version != "(devel)" {
		s.Version = p.Main.Version
	}
	if s.Project == "" {
		s.Project = p.Path
	}
	return sbom.Write(format, s)
}
