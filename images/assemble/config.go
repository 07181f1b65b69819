package assemble

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
)

const ociLabel = "org.opencontainers.image."

// configOf makes the configuration: the base's, without what only its own history
// means, and what a Go build needs.
func configOf(b *base, f Facts, sdk *fetch.SDK, at time.Time, more map[string]string, layers []*blob) v1.ConfigFile {
	old := b.config.Config
	c := v1.ConfigFile{
		Architecture: sdk.Release.GOARCH,
		OS:           "linux",
		Created:      v1.Time{Time: at},
		RootFS:       v1.RootFS{Type: "layers"},
		Config: v1.Config{
			User:         strconv.Itoa(matrix.UID) + ":" + strconv.Itoa(matrix.UID),
			WorkingDir:   matrix.WorkDir,
			Env:          environment(old.Env),
			Entrypoint:   old.Entrypoint,
			Cmd:          old.Cmd,
			ExposedPorts: old.ExposedPorts,
			Volumes:      old.Volumes,
			StopSignal:   old.StopSignal,
			Labels:       labels(b, f, sdk, at, more),
		},
		History: history(b, sdk, at),
	}
	for _, l := range layers {
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, l.diffID)
	}
	return c
}

// environment puts our variables over those of the base, and our directories before
// those of its PATH. GOROOT would point to another Go.
func environment(old []string) []string {
	mine := map[string]bool{"PATH": true, "GOROOT": true}
	for _, kv := range ourEnv() {
		name, _, _ := strings.Cut(kv, "=")
		mine[name] = true
	}
	path := plainPath
	kept := slices.DeleteFunc(slices.Clone(old), func(kv string) bool {
		name, value, _ := strings.Cut(kv, "=")
		if name == "PATH" && value != "" {
			path = value
		}
		return mine[name]
	})
	dirs := []string{matrix.GOROOT + "/bin", matrix.GOPATH + "/bin"}
	for d := range strings.SplitSeq(path, ":") {
		if !slices.Contains(dirs, d) {
			dirs = append(dirs, d)
		}
	}
	return append(append(kept, "PATH="+strings.Join(dirs, ":")), ourEnv()...)
}

// labels are the base's own, without those in which it speaks of itself as an
// image, then ours, then the caller's.
func labels(b *base, f Facts, sdk *fetch.SDK, at time.Time, more map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range b.config.Config.Labels {
		if !strings.HasPrefix(k, ociLabel) && !strings.HasPrefix(k, matrix.LabelPrefix) {
			out[k] = v
		}
	}
	maps.Copy(out, map[string]string{
		ociLabel + "created":                  at.UTC().Format(time.RFC3339),
		ociLabel + "base.name":                b.name,
		ociLabel + "base.digest":              b.digest,
		matrix.LabelPrefix + "base.rootfs":    b.rootfs,
		matrix.LabelPrefix + "go.version":     strings.TrimPrefix(sdk.Release.Version, "go"),
		matrix.LabelPrefix + "go.sdk.abi":     sdk.ABI,
		matrix.LabelPrefix + "go.sdk.h1":      sdk.H1,
		matrix.LabelPrefix + "go.sdk.vouched": string(voucher(sdk)),
		matrix.LabelPrefix + "os.family":      string(family(f)),
	})
	if b.source.Kind == DockerArchive { // its manifest is nobody's but the engine's
		out[ociLabel+"base.digest"], out[matrix.LabelPrefix+"base.config"] = "", b.digest
	}
	if sdk.Release.GOARCH == "loong64" {
		out[matrix.LabelPrefix+"loong.world"] = string(worldOf(sdk.ABI))
	}
	maps.Copy(out, more)
	maps.DeleteFunc(out, func(_, v string) bool { return v == "" })
	return out
}

// voucher is who vouches for the SDK, in a word that does not depend on whether
// there was a network: a proof file carries the database's own signature.
func voucher(sdk *fetch.SDK) fetch.Voucher {
	if sdk.Proof.By == fetch.ProofFile {
		return fetch.Database
	}
	return sdk.Proof.By
}

// family is the one that a base is labelled with. Debian's rpm tool brings a
// directory for its database, nobody's dpkg does that.
func family(f Facts) matrix.Family {
	for _, first := range []matrix.Family{matrix.Deb, matrix.APK, matrix.RPM} {
		if slices.Contains(f.Families, first) {
			return first
		}
	}
	return matrix.None
}

// history continues the base's if it fits its layers; else one entry is made for
// each, since some engines count.
func history(b *base, sdk *fetch.SDK, at time.Time) []v1.History {
	layers := 0
	for _, h := range b.config.History {
		if !h.EmptyLayer {
			layers++
		}
	}
	out := slices.Clone(b.config.History)
	if layers != len(b.layers) {
		out = nil
		for range b.layers {
			out = append(out, v1.History{Created: v1.Time{Time: at}, CreatedBy: "yingzao: " + cmp.Or(b.name, string(b.source.Kind))})
		}
	}
	return append(out,
		v1.History{Created: v1.Time{Time: at}, CreatedBy: "yingzao: user and directories"},
		v1.History{Created: v1.Time{Time: at}, CreatedBy: "yingzao: " + sdk.Release.String() + " " + sdk.H1})
}
