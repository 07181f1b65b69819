package gather

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// kept are variables that say something about how go, git and the C compiler
// will run, beside those of package goenv; by capital letters.
var kept = lazyre.New(`^(USERPROFILE|APPDATA|LOCALAPPDATA|PATHEXT|SYSTEMROOT|PROCESSOR_ARCHITE\w+|TMPDIR|TEMP|TMP|SHELL|ZDOTDIR|XDG_CONFIG_HOME|XDG_CACHE_HOME` +
	`|SSL_CERT_\w+|NETRC|GIT_\w+|GCM_INTERACTIVE|SSH_AUTH_SOCK|CC|CXX|FC|AR|PKG_CONFIG\w*|LANG|LC_\w+|WSL_DISTRO_NAME|WSL_INTEROP` +
	`|CI|GITLAB_CI|CI_PROJECT_DIR|CI_BUILDS_DIR|CI_SERVER_HOST|CI_DEBUG_TRACE|JENKINS_URL|JENKINS_HOME|WORKSPACE|BK_CI_\w+|GITHUB_ACTIONS|TF_BUILD|DRONE)$`)

// hidden hold configuration that may be a header or a URL with a password.
var hidden = lazyre.New(`^GIT_(CONFIG_(VALUE|KEY|PARAMETERS)|ASKPASS_|\w*(AUTH|USER|PASS|TOKEN|HEADER))`)

// Environ cuts an environment down to what means something to Go: the settings
// of package goenv, everything that begins with GO or CGO or nearly is a setting,
// proxies in all cases, PATH, HOME and other folders, and the variables of git,
// of the C compiler and of CI systems. Of a variable whose name smells of a
// secret the value is "***"; in others that are not Go's own settings or proxies,
// user information of URLs is masked.
func Environ(environ []string) []string {
	out := make([]string, 0, len(environ)/2)
	for _, kv := range environ {
		key, value, ok := strings.Cut(kv, "=")
		if !ok || key == "" {
			continue
		}
		up := strings.ToUpper(key)
		ours := sources.Relevant(key)
		switch {
		case !ours && !kept.Re().MatchString(up):
			continue
		case value == "":
		case sources.SecretName(key), hidden.Re().MatchString(up):
			kv = key + "=***"
		case !ours || !goenv.KnownProcess(key) && !strings.Contains(up, "PROX") && !strings.HasPrefix(up, "GO"):
			kv = key + "=" + sources.ScrubURLs(value)
		}
		out = append(out, kv)
	}
	return out
}
