package deploy

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// missing skips what needs something that is not here, unless it is asked for.
func missing(t *testing.T, what string) {
	t.Helper()
	if everything() {
		t.Fatalf("%s, and YINGZAO_E2E=require asks for it", what)
	}
	t.Skip(what)
}

// Kustomize and Kubernetes' own types, strictly, from a module of its own that is
// fetched for it.
func TestKubernetes(t *testing.T) {
	if !everything() {
		t.Skip("fetches Kubernetes' types: YINGZAO_E2E=require asks for it")
	}
	built := map[string][]object{}
	for _, dir := range []string{"base", "overlays/single", "overlays/oss", "overlays/openshift", "secret.example.yaml"} {
		cmd := exec.CommandContext(timeout(t, 10*time.Minute), "go", "run", ".", "../../"+dir)
		cmd.Dir = filepath.Join("testdata", "kubernetes")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", dir, err, errs.Bytes())
		}
		built[dir] = objects(t, dir, out)
	}
	kinds := func(dir string) (all []string) {
		for _, o := range built[dir] {
			all = append(all, o.Kind)
		}
		slices.Sort(all)
		return all
	}
	for dir, want := range map[string]string{
		"base": "ConfigMap Deployment Service", "overlays/single": "ConfigMap Deployment PersistentVolumeClaim Service",
		"overlays/oss":       "ConfigMap Deployment HorizontalPodAutoscaler PodDisruptionBudget Service",
		"overlays/openshift": "ConfigMap Deployment HorizontalPodAutoscaler PodDisruptionBudget Route Service", "secret.example.yaml": "Secret Secret",
	} {
		if got := strings.Join(kinds(dir), " "); got != want {
			t.Errorf("%s: %s, want %s", dir, got, want)
		}
	}
	for dir, check := range map[string]func(d, config object) string{
		"base": func(d, _ object) string {
			if *d.Spec.Replicas != 1 {
				return "one replica has one directory"
			}
			return ""
		},
		"overlays/oss": func(d, c object) string {
			switch p := d.Spec.Template.Spec; {
			case d.Spec.Replicas != nil:
				return "the autoscaler's number is overwritten"
			case p.Containers[0].EnvFrom[0].SecretRef.Name != "yingzao-proxy-bucket" || p.SecurityContext["fsGroup"] != nil:
				return "keys, or a group that OpenShift refuses"
			case !strings.Contains(c.Data["proxy.yaml"], "store: oss://"):
				return "no bucket"
			}
			return ""
		},
		"overlays/single": func(d, _ object) string {
			for _, v := range d.Spec.Template.Spec.Volumes {
				if v["name"] == "cache" && (v["emptyDir"] != nil || v["persistentVolumeClaim"] == nil) {
					return "the volume is lost with the pod"
				}
			}
			return ""
		},
	} {
		var d, c object
		for _, o := range built[dir] {
			switch o.Kind {
			case "Deployment":
				d = o
			case "ConfigMap":
				c = o
			}
		}
		mounted := false
		for _, v := range d.Spec.Template.Spec.Volumes {
			if m, ok := v["configMap"].(map[string]any); ok {
				mounted = m["name"] == c.Metadata.Name && c.Metadata.Name != "yingzao-proxy"
			}
		}
		if what := check(d, c); what != "" || !mounted {
			t.Errorf("%s: %s; configuration mounted by its content's name: %v", dir, what, mounted)
		}
	}
}

func TestNginx(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		missing(t, "there is no nginx")
	}
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"goproxy.example.com"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/goproxy.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, dir+"/goproxy.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	site := strings.ReplaceAll(string(read(t, "nginx.conf")), "/etc/nginx/tls", dir)
	write(t, dir+"/nginx.conf", "pid "+dir+"/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+site+"}\n")
	if out, err := exec.CommandContext(t.Context(), nginx, "-t", "-p", dir, "-c", dir+"/nginx.conf").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestSystemd(t *testing.T) {
	unit := string(read(t, "yingzao-proxy.service"))
	if !strings.Contains(unit, "MemoryMax=1G\nEnvironment=GOMEMLIMIT=966367641\n") { // 0.9 × 2³⁰
		t.Error("MemoryMax and GOMEMLIMIT do not agree")
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		missing(t, "there is no systemd-analyze")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "yingzao-proxy.service")
	write(t, name, strings.ReplaceAll(unit, "/usr/local/bin/yingzao", self)) // it wants a program that is there
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", name).CombinedOutput(); err != nil || bytes.Contains(out, []byte("yingzao-proxy.service:")) {
		t.Errorf("%v\n%s", err, out)
	}
}
