// Package render writes the Dockerfiles of the matrix. [Dockerfile] is a pure
// function of the matrix's rows and the templates beside this file; what it gave
// is committed below images/dockerfiles, and a test holds the two together.
package render
