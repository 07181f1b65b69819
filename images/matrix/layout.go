package matrix

// Where things are in every image, whichever way it was made.
const (
	GOROOT  = "/usr/local/go"
	GOPATH  = "/go"
	Home    = "/home/builder"
	WorkDir = "/src"

	User = "builder"
	UID  = 65532 // user and group; that of "nonroot" in many images, in no distribution's range
)

// Writable are the directories of mode 1777: a site may run the image as any user
// (OpenShift chooses one by itself), so all of them have to be able to build.
func Writable() []string {
	return []string{Home, "/cache/go-build", "/cache/mod", GOPATH, WorkDir}
}

// Env is the environment of every image, as KEY=value in a fixed order.
//
//   - PATH is written out, since a base need not have one.
//   - GOTOOLCHAIN=local: a toolchain that go fetches by itself is unverified in an
//     isolated site and, on the old world of LoongArch, dies before it says a word.
//   - HOME and the caches are named: without HOME go would write to /.cache.
//   - GOPROXY is not here. The site decides it.
func Env() []string {
	return []string{
		"PATH=" + GOROOT + "/bin:" + GOPATH + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"GOTOOLCHAIN=local",
		"CGO_ENABLED=0",
		"HOME=" + Home,
		"GOPATH=" + GOPATH,
		"GOCACHE=/cache/go-build",
		"GOMODCACHE=/cache/mod",
	}
}

// LabelPrefix stands before the labels that OCI has no name for.
const LabelPrefix = "dev.yingzao."

// Our labels.
const (
	LabelGoVersion = LabelPrefix + "go.version"  // 1.26.8
	LabelSDKH1     = LabelPrefix + "go.sdk.h1"   // h1:…; a Dockerfile, which is one for all platforms, appends .amd64 and so on
	LabelWorld     = LabelPrefix + "loong.world" // new, old; says something of an image for loong64 only
	LabelFamily    = LabelPrefix + "os.family"   // rpm, deb, apk, none
)
