// Package pipelines carries yingzao into CI systems: GitLab, Jenkins, BlueKing, and
// by generated snippets Yunxiao and Gitee Go.
//
// # One source
//
// params.yaml beside this file lists every parameter that a pipeline may set. A
// parameter has one name, and its spellings follow from it mechanically:
//
//	name                   publish_to
//	GitLab input           publish_to
//	flag                   --publish-to
//	Groovy, BlueKing       publishTo
//	variable               YINGZAO_PUBLISH_TO
//
// pipelines/generate writes the templates, parameter references and tables from
// it; what it wrote is committed, and a test holds the two together.
//
// # No logic in templates
//
// Every job of every system is "bring yingzao here, then one command":
//
//	yingzao pipeline run STAGE
//
// with the stages check, prefetch, build, verify, merge and publish, or release for
// all of them on one machine. pipelines/stages turns a stage and the parameters
// into ordinary yingzao and go commands, which are printed before they run: whoever
// wants to know what a job does, or repeat it on a desk, copies the line. So GitLab,
// Jenkins, BlueKing and a laptop run the same commands and make the same bytes.
//
// Parameters come from flags, then the JSON in YINGZAO_PARAMS (Groovy names or
// ours), then the variables, then the defaults. Secrets are only ever variables,
// under the names that the clouds themselves use.
package pipelines
