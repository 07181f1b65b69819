package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// The keys of the store on the loopback interface.
const keyID, keySecret = "bench-key-id", "bench-key-secret"

// setup is what the store is told: its kind and its link.
type setup struct {
	Kind                 string
	PerConnection, Total int64
}

// traffic is what the store saw since it was asked last.
type traffic struct {
	Requests int
	Bytes    int64 // of bodies
}

// beStore is the child: it prints its address and then, for each line of its
// input, what it saw. It ends with its input.
func beStore(text string) error {
	var s setup
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	kinds := map[string]bucket.Dialect{"oss": bucket.OSS, "cos": bucket.COS, "s3": bucket.S3}
	kind, ok := kinds[s.Kind]
	if !ok {
		return fmt.Errorf("unknown store %q", s.Kind)
	}
	server, err := bucket.Start(bucket.Options{
		Dialect: kind, Keys: []bucket.Credential{{ID: keyID, Secret: keySecret}},
		Rate: bucket.RateLimit{PerConnection: s.PerConnection, Total: s.Total},
	})
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Println(server.ProxyURL())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var t traffic
		for _, r := range server.Requests() {
			t.Requests++
			t.Bytes += r.BodyBytes
		}
		server.ResetRequests()
		if err := json.NewEncoder(os.Stdout).Encode(t); err != nil {
			return err
		}
	}
	return nil
}

// child is the store as the parent sees it.
type child struct {
	proxy string
	ask   func() (traffic, error)
	end   func()
}

func startStore(s setup) (*child, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-serve", string(text))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	c := &child{end: func() {
		_ = in.Close()
		_ = cmd.Wait()
	}}
	if !lines.Scan() {
		c.end()
		return nil, fmt.Errorf("the store did not start")
	}
	c.proxy = lines.Text()
	c.ask = func() (t traffic, err error) {
		if _, err := fmt.Fprintln(in); err != nil {
			return t, err
		}
		if !lines.Scan() {
			return t, fmt.Errorf("the store is gone")
		}
		return t, json.Unmarshal(lines.Bytes(), &t)
	}
	return c, nil
}

// address is the URL of the store and the environment that leads to it.
func address(kind, proxy string) (url string, env []string) {
	env = []string{"HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy, "LANG=C"}
	add := func(id, secret string) { env = append(env, id+"="+keyID, secret+"="+keySecret) }
	switch kind {
	case "cos":
		add("COS_SECRETID", "COS_SECRETKEY")
		return "cos://releases-1250000000/bench?region=ap-guangzhou&scheme=http", env
	case "s3":
		add("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
		return "s3://releases/bench?endpoint=http://s3.us-east-1.storage.test&region=us-east-1", env
	}
	add("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET")
	return "oss://releases/bench?region=cn-hangzhou&scheme=http", env
}

// megabytes is a rate in bytes a second.
func megabytes(f float64) int64 {
	n, _ := strconv.ParseInt(strconv.FormatFloat(f*1e6, 'f', 0, 64), 10, 64)
	return n
}
