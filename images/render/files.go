package render

import (
	"github.com/yingzao-dev/yingzao/images/matrix"
)

// File is one Dockerfile.
type File struct {
	Path string // kylin-v10sp3/builder/Dockerfile, below the folder of all
	Data []byte
	// Builds are the images that it makes, one for each platform.
	Builds []matrix.Build
}

// FileName is the name of the Dockerfile for an ABI: Dockerfile, and
// Dockerfile.abi1.0 for the old world of LoongArch.
func FileName(abi string) string {
	if abi == "" {
		return "Dockerfile"
	}
	return "Dockerfile." + abi
}

// Files are the Dockerfiles of all that the matrix can build, in its order. They
// are of m.Go, in the old world of what [matrix.Matrix.SDKFor] chooses.
func Files(m *matrix.Matrix) ([]File, error) {
	tools, err := m.Find(m.Default)
	if err != nil {
		return nil, err
	}
	var files []File
	at := map[string]int{}
	for _, b := range m.Builds() {
		if !b.Hole.IsZero() {
			continue
		}
		path := b.Base.Name + "/" + b.Variant.Name + "/" + FileName(b.SDK.ABI)
		i, known := at[path]
		if !known {
			i = len(files)
			at[path] = i
			files = append(files, File{Path: path})
		}
		files[i].Builds = append(files[i].Builds, b)
	}
	for i, f := range files {
		var sdks []matrix.SDK
		for _, b := range f.Builds {
			sdks = append(sdks, b.SDK)
		}
		files[i].Data, err = Dockerfile(f.Builds[0].Base, f.Builds[0].Variant, sdks, tools)
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}
