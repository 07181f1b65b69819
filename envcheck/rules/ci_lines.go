package rules

import (
	"slices"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// ciVariables are set by the machinery that runs a job: GitLab, Jenkins, and the
// word that nearly all others use.
var ciVariables = []string{"CI", "GITLAB_CI", "JENKINS_URL", "JENKINS_HOME", "BUILD_NUMBER", "BK_CI_BUILD_ID"}

// inCI reports whether the check itself runs in a job.
func inCI(v *envcheck.View) bool {
	return slices.ContainsFunc(ciVariables, func(key string) bool {
		value, _ := v.Env.Process(key)
		return value != "" && value != "false"
	})
}
