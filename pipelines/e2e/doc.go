// Package e2e runs the pipelines as CI systems do. It has tests alone: they need
// programs that a plain `go test` has not, skip with the reason without them, and
// fail instead where YINGZAO_E2E=require asks for them.
//
//	GitLab   YINGZAO_GITLAB_CI_LOCAL names a folder with node_modules, in which
//	         are node (the npm package) and gitlab-ci-local; also rsync, git, bash
//
// Everything happens on this machine: a module proxy, an OSS, a COS and a token
// service on the loopback interface, and an HTTP proxy that leads to them and to
// nothing else.
package e2e
