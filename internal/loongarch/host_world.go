package loongarch

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// treeAnswer applies TreeWorld to the host's tree and names the loaders.
func treeAnswer(r *HostReport) Answer {
	var seen []string
	world := TreeWorld(func(path string) bool {
		_, err := fs.Lstat(r.files, path)
		if err == nil {
			seen = append(seen, path)
		}
		return err == nil
	})
	if len(seen) == 0 {
		return Answer{world, "no glibc loader"}
	}
	return Answer{world, "loader " + strings.Join(seen, ", ")}
}

// probeTime is many times what the probe needs.
const probeTime = 5 * time.Second

// kernelAnswer asks the kernel. The number of the kernel and the tree's loader do
// not stand in for it: openEuler 22.03 is numbered 5.10 and of the new world, and
// in a container the tree may be another's.
func (m machine) kernelAnswer(ctx context.Context, r *HostReport) Answer {
	switch {
	case r.Emulated == "yes":
		return Answer{Unknown, "not asked: " + r.Emulator + " would answer for itself"}
	case r.Emulated != "no":
		return Answer{Unknown, "not asked: /proc does not tell whether an emulator would answer"}
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	code, err := m.run(ctx, Probe(newSigset, oldSigset))
	switch {
	case err != nil:
		return Answer{Unknown, "the probe could not run: " + err.Error()}
	case code == exitFirst:
		return Answer{New, fmt.Sprintf("probe: the kernel takes a signal set of %d bytes", newSigset)}
	case code == exitSecond:
		return Answer{Old, fmt.Sprintf("probe: the kernel takes a signal set of %d bytes", oldSigset)}
	case code == exitNeither:
		return Answer{Unknown, fmt.Sprintf("probe: the kernel takes a signal set of neither %d nor %d bytes", newSigset, oldSigset)}
	}
	return Answer{Unknown, fmt.Sprintf("the probe ended with %d", code)}
}
