// Command standin plays, by the name it is started under, the three programs that
// bootstrap.cmd starts: certutil and curl as far as the script uses them, and a
// yingzao that says what it was told to do.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	args := os.Args[1:]
	switch strings.ToLower(filepath.Base(os.Args[0])) {
	case "certutil.exe":
		data, err := os.ReadFile(args[1])
		if err != nil || args[0] != "-hashfile" || args[2] != "SHA256" {
			fmt.Println("CertUtil: -hashfile command FAILED")
			os.Exit(2)
		}
		// As Windows 7 writes it; later ones leave the blanks out.
		fmt.Printf("SHA256 hash of file %s:\r\n% x\r\nCertUtil: -hashfile command completed successfully.\r\n", args[1], sha256.Sum256(data))
	case "curl.exe":
		if err := get(args[len(args)-1], args[len(args)-2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(22)
		}
	default:
		switch args[0] {
		case "version":
			return
		case "wait": // until it is killed
			f, err := os.Create(os.Args[0] + ".waits")
			if err == nil {
				err = f.Close()
			}
			if err != nil {
				panic(err)
			}
			time.Sleep(time.Minute)
		}
		fmt.Print("ran:")
		for _, a := range args {
			fmt.Printf(" [%s]", a)
		}
		fmt.Print("\n")
		os.Exit(7)
	}
}

func get(url, to string) error {
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	c, err := net.Dial("tcp", host)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /%s HTTP/1.0\r\nHost: %s\r\n\r\n", path, host)
	r := bufio.NewReader(c)
	status, err := r.ReadString('\n')
	if err != nil || !strings.Contains(status, " 200 ") {
		return fmt.Errorf("curl: (22) %s", status)
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	return f.Close()
}
