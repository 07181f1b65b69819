package stages

import (
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/pipelines"
)

// CI is what the system says about the pipeline, in its own variables.
type CI struct {
	System string // gitlab, jenkins, bkci, or "" for a desk
	Tag    string // the tag the pipeline runs for; "" = none
}

// Detect reads the system's variables. CI_COMMIT_TAG alone is enough for GitLab:
// programs that run its pipelines elsewhere do not set GITLAB_CI.
func Detect(getenv func(string) string) CI {
	switch {
	case getenv("GITLAB_CI") == "true" || getenv("CI_COMMIT_SHA") != "":
		return CI{System: "gitlab", Tag: getenv("CI_COMMIT_TAG")}
	case getenv("JENKINS_URL") != "" || getenv("BUILD_TAG") != "" && getenv("JOB_NAME") != "":
		return CI{System: "jenkins", Tag: getenv("TAG_NAME")}
	case getenv("BK_CI_PIPELINE_ID") != "":
		return CI{System: "bkci", Tag: getenv("BK_CI_GIT_REPO_TAG")}
	}
	return CI{}
}

// Environment is what a stage sets for all of its commands, on top of getenv's.
// Names that keep their value are not in it. Module and build cache lie in the
// cache folder, so that a CI system can carry them from one pipeline to the next;
// the environment check looks at the caches that the machine has without us.
func Environment(stage string, v pipelines.Values, j Job, getenv func(string) string) map[string]string {
	env := map[string]string{}
	if c := v["cache_dir"]; c != "" && stage != "check" {
		env["GOMODCACHE"] = j.Abs(path.Join(v["dir"], c, "mod"))
		env["GOCACHE"] = j.Abs(path.Join(v["dir"], c, "build"))
	}
	for param, name := range map[string]string{"goproxy": "GOPROXY", "goprivate": "GOPRIVATE", "gosumdb": "GOSUMDB"} {
		if v[param] != "" {
			env[name] = v[param]
		}
	}
	for name, value := range identity(v, getenv) {
		env[name] = value
	}
	return env
}

// TokenVariable is where templates put the identity token of the pipeline.
const TokenVariable = "YINGZAO_OIDC_TOKEN"

// identity gives the role to the clouds whose stores are published to, in the
// variables of their official libraries.
func identity(v pipelines.Values, getenv func(string) string) map[string]string {
	if v["oidc_role"] == "" {
		return nil
	}
	env := map[string]string{}
	for _, to := range v.List("publish_to") {
		names := []string(nil)
		switch scheme, _, _ := strings.Cut(to, "://"); scheme {
		case "oss":
			names = []string{"ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN"}
		case "cos":
			names = []string{"TKE_ROLE_ARN", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN"}
		default:
			continue
		}
		for i, value := range []string{v["oidc_role"], v["oidc_provider"], getenv(TokenVariable)} {
			if value != "" {
				env[names[i]] = value
			}
		}
	}
	return env
}
