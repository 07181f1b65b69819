package rules

import "testing"

func TestSUM(t *testing.T) { reproduceAll(t, sumReproductions()) }

func sumReproductions() []reproduction {
	return []reproduction{
		{code: "SUM002", environ: map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "sum.golang.org+https://gocenter.io/sumdb/sum.golang.org"},
			run: []string{"mod", "download", "example.com/hello@v1.0.0"}, fails: true, says: "invalid GOSUMDB: malformed verifier id"},
		{code: "SUM002", clean: true, environ: map[string]string{"GOPROXY": "{mirror}/ok", "GOSUMDB": "{sumdb}"}},
	}
}
