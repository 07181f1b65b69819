package lint_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/lint/linttest"
)

// What is written obeys the official schema, with and without a word on the run.
func TestSchema(t *testing.T) {
	schema := linttest.SARIFSchema(t)
	notes := &lint.SARIFInvocation{Notes: []lint.SARIFNotice{{Level: "warning", Message: lint.SARIFText{Text: "no network"}}}}
	issue := lint.Issue{Code: "ABC001", Text: "there is an a", Path: "/home/dev/a b", Line: 1, Fingerprint: "00", Level: "error"}
	rule := lint.SARIFRule{ID: "ABC001", Level: "error", Title: "a", Why: "b", Fix: "c"}
	wrong := issue
	wrong.Level = "major"
	for _, c := range []struct {
		log   lint.SARIF
		valid bool
	}{
		{lint.SARIF{}, true},
		{lint.SARIF{Version: "v1", Rules: []lint.SARIFRule{rule}, Issues: []lint.Issue{issue}}, true},
		{lint.SARIF{Rules: []lint.SARIFRule{rule}, Issues: []lint.Issue{issue}, Run: notes}, true},
		{lint.SARIF{Issues: []lint.Issue{wrong}}, false},
	} {
		var b strings.Builder
		if err := c.log.Write(&b); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); (err == nil) != c.valid {
			t.Errorf("%v in %s", err, b.String())
		}
		if strings.Contains(b.String(), "invocations") != (c.log.Run != nil) {
			t.Error(b.String())
		}
	}
}
