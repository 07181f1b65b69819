package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const connections = 16

// load asks for a URL for a while, from the second core, and returns how many
// answers came.
func load(url string, length time.Duration) (int64, error) {
	if tool, err := exec.LookPath("wrk"); err == nil {
		out, err := output(pinned("1", tool, "-t1", "-c", strconv.Itoa(connections), "-d", fmt.Sprintf("%ds", max(1, int(length.Seconds()))), url))
		if err != nil {
			return 0, err
		}
		if strings.Contains(out, "Non-2xx") {
			return 0, fmt.Errorf("errors were answered:\n%s", out)
		}
		m := regexp.MustCompile(`(\d+) requests in`).FindStringSubmatch(out)
		if m == nil {
			return 0, fmt.Errorf("wrk said:\n%s", out)
		}
		return strconv.ParseInt(m[1], 10, 64)
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	out, err := output(pinned("1", self, "-load", url, "-time", length.String()))
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(out), 10, 64)
}

// hammer is the load where there is no wrk.
func hammer(url string, length time.Duration) int64 {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	var n atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(length)
	for range connections {
		all.Go(func() {
			for time.Now().Before(end) {
				resp, err := client.Get(url)
				if err != nil {
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if err == nil && resp.StatusCode == http.StatusOK {
					n.Add(1)
				}
			}
		})
	}
	all.Wait()
	return n.Load()
}
