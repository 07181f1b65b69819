// Package deploy holds what runs the proxy on more than one machine: Kubernetes
// manifests, a systemd unit and a web server's configuration for TLS. README.md
// says how they are used. There is no code here; the tests hold the files to what
// the program accepts, and replicas of the real program to what the files promise.
//
// # Replicas
//
// Any number of proxies share one bucket. None knows of the others: whoever has
// fetched and proven a file puts it into the bucket under the condition that
// nothing is there, and takes over what is there otherwise (package cache). So at
// the worst each replica fetches a file once, and nothing has to be locked,
// elected or cleaned up when one of them dies. What a replica has in its own
// directory may be lost at any time.
package deploy
