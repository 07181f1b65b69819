package assemble

// Where things are in an image, the same as in one that a Dockerfile of
// images/render makes.
const (
	goroot   = "/usr/local/go"
	gopath   = "/go"
	homeDir  = "/home/builder"
	workDir  = "/src"
	userName = "builder"
	userID   = 65532 // "nonroot" in many images, in no distribution's range
	ourLabel = "dev.yingzao."
)

// writable are the directories of mode 1777: some sites run containers as a user of
// their own choice.
func writable() []string {
	return []string{homeDir, "/cache/go-build", "/cache/mod", gopath, workDir}
}

const plainPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// ourEnv is what a Go build needs, without PATH.
func ourEnv() []string {
	return []string{
		"GOTOOLCHAIN=local", // an old-world host would fetch a Go of the new world and die
		"CGO_ENABLED=0",
		"HOME=" + homeDir,
		"GOPATH=" + gopath,
		"GOCACHE=/cache/go-build",
		"GOMODCACHE=/cache/mod",
	}
}
