// Package generate writes everything that follows from params.yaml: templates for
// GitLab, parameter references for Jenkins, task.json and the template for
// BlueKing, step.yaml for Yunxiao, a snippet for Gitee Go, and the tables of the
// README. [Files] is a pure function of the parameters and of the files beside it;
// what it gives is committed below pipelines, and a test holds the two together
// (`go generate ./pipelines/...` writes them anew).
//
// install.sh is the one script that brings yingzao into a job. Templates that run
// on Unix carry it as a whole, so that each is one file that refers to no other.
package generate

//go:generate go test . -run TestFresh -update
