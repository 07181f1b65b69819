package deploy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/proxy/config"
)

// object is what these tests read of a Kubernetes object.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct {
		Name   string
		Labels map[string]string
	}
	Data map[string]string
	Spec struct {
		Replicas *int
		Template struct {
			Metadata struct{ Labels, Annotations map[string]string }
			Spec     pod
		}
		Selector yaml.Node
		Ports    []struct {
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
		MinAvailable   int       `yaml:"minAvailable"`
		MinReplicas    int       `yaml:"minReplicas"`
		MaxReplicas    int       `yaml:"maxReplicas"`
		ScaleTargetRef reference `yaml:"scaleTargetRef"`
		To             reference
	}
}

type reference struct{ Kind, Name string }

type pod struct {
	AutomountServiceAccountToken  *bool          `yaml:"automountServiceAccountToken"`
	SecurityContext               map[string]any `yaml:"securityContext"`
	TerminationGracePeriodSeconds int            `yaml:"terminationGracePeriodSeconds"`
	TopologySpreadConstraints     []struct {
		LabelSelector struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		} `yaml:"labelSelector"`
	} `yaml:"topologySpreadConstraints"`
	InitContainers []container `yaml:"initContainers"`
	Containers     []container
	Volumes        []map[string]any
}

type container struct {
	Name, Image   string
	Command, Args []string
	Env           []struct{ Name, Value string }
	EnvFrom       []struct {
		SecretRef reference `yaml:"secretRef"`
	} `yaml:"envFrom"`
	SecurityContext map[string]any `yaml:"securityContext"`
	Ports           []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	StartupProbe   probe `yaml:"startupProbe"`
	ReadinessProbe probe `yaml:"readinessProbe"`
	LivenessProbe  probe `yaml:"livenessProbe"`
	Lifecycle      struct {
		PreStop struct{ Exec struct{ Command []string } } `yaml:"preStop"`
	}
	Resources struct{ Requests, Limits map[string]string }
	Mounts    []struct {
		Name, MountPath string
		ReadOnly        bool `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// objects are those of a text with one or several documents.
func objects(t testing.TB, name string, text []byte) (all []object) {
	t.Helper()
	for d := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var node yaml.Node
		err := d.Decode(&node)
		if errors.Is(err, io.EOF) {
			return all
		}
		var o object
		if err == nil {
			err = node.Decode(&o)
		}
		if err != nil || o.APIVersion == "" || o.Kind == "" {
			t.Fatalf("%s: %v, %q of %q", name, err, o.Kind, o.APIVersion)
		}
		all = append(all, o)
	}
}

func one(t testing.TB, name string) object {
	t.Helper()
	all := objects(t, name, read(t, name))
	if len(all) != 1 {
		t.Fatalf("%s: %d documents", name, len(all))
	}
	return all[0]
}

func (c container) env(name string) string {
	for _, e := range c.Env {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// bytesOf reads a quantity of Kubernetes with a binary unit.
func bytesOf(t testing.TB, s string) int64 {
	t.Helper()
	var size config.Size
	if err := size.UnmarshalText([]byte(s + "B")); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return int64(size)
}

func TestEverythingIsYAML(t *testing.T) {
	n := 0
	for _, pattern := range []string{"*.yaml", "base/*.yaml", "overlays/*/*.yaml"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			if filepath.Base(name) != "proxy.yaml" {
				n += len(objects(t, name, read(t, name)))
			}
		}
	}
	if n < 15 {
		t.Errorf("%d objects", n)
	}
}

var configs = []string{"base/proxy.yaml", "overlays/oss/proxy.yaml"}

// The program takes the configurations as they are, and with what their comments
// propose.
func TestConfigurations(t *testing.T) {
	for _, name := range configs {
		text := string(read(t, name))
		if _, err := config.Parse(name, []byte(text)); err != nil {
			t.Errorf("%v", err)
		}
		proposed := strings.NewReplacer("# token_file", "token_file", "# fronts", "fronts", "[] # [", "[").Replace(text)
		c, err := config.Parse(name, []byte(proposed))
		if err != nil {
			t.Fatalf("%v", err)
		}
		if c.Admin.TokenFile != "/run/yingzao/admin.token" || len(c.Fronts) != 1 {
			t.Errorf("%s: %+v", name, c)
		}
		if name == configs[0] {
			continue
		}
		if got := config.Prefixes(c.Redirect.Clients); len(got) != 1 || got[0] != netip.MustParsePrefix("10.0.0.0/8") || c.Redirect.MinSize != 8<<20 {
			t.Errorf("redirect %v from %d", got, c.Redirect.MinSize)
		}
		st, err := store.Schemes{"oss": oss.Opener(oss.Options{Keys: cred.Static(cred.Keys{ID: "i", Secret: "s"})})}.Open(t.Context(), c.Cache.Store)
		if err != nil || !strings.Contains(st.URL(), "modules/proxy") {
			t.Errorf("%v", err)
		}
		for line := range strings.Lines(text) { // the other stores, in comments
			line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "#"))
			if !strings.Contains(line, "://") {
				continue
			}
			line = strings.TrimPrefix(line, "store: ")
			nobody := func(context.Context, *url.URL) (store.Store, error) { return nil, nil }
			if _, err := (store.Schemes{"oss": nobody, "cos": nobody, "s3": nobody}).Open(t.Context(), line); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

func TestDeploymentIsStrict(t *testing.T) {
	d := one(t, "base/deployment.yaml").Spec.Template.Spec
	sc := d.SecurityContext
	if sc["runAsNonRoot"] != true || len(sc) != 2 || d.AutomountServiceAccountToken == nil || *d.AutomountServiceAccountToken {
		t.Errorf("pod: %v", sc)
	}
	volumes := map[string]map[string]any{}
	for _, v := range d.Volumes {
		volumes[v["name"].(string)] = v
	}
	for _, c := range append(d.InitContainers, d.Containers...) {
		sc := c.SecurityContext
		if sc["readOnlyRootFilesystem"] != true || sc["allowPrivilegeEscalation"] != false || sc["runAsUser"] != nil ||
			!slices.Equal(sc["capabilities"].(map[string]any)["drop"].([]any), []any{"ALL"}) {
			t.Errorf("%s: %v", c.Name, sc)
		}
		if c.Image != "registry.example.com/yingzao" || c.Resources.Limits["memory"] == "" || c.Resources.Requests["cpu"] == "" {
			t.Errorf("%s: %s %v", c.Name, c.Image, c.Resources)
		}
		for _, m := range c.Mounts {
			v := volumes[m.Name]
			if v == nil || !m.ReadOnly && v["emptyDir"] == nil {
				t.Errorf("%s: %s on %s, %v", c.Name, m.Name, m.MountPath, v)
			}
		}
	}
}

// The numbers of different files agree with each other.
func TestNumbersAgree(t *testing.T) {
	deployment := one(t, "base/deployment.yaml")
	p := deployment.Spec.Template.Spec
	c := p.Containers[0]
	memory := bytesOf(t, c.Resources.Limits["memory"])
	if want := strconv.FormatInt(memory*9/10, 10); c.env("GOMEMLIMIT") != want {
		t.Errorf("GOMEMLIMIT %s, want %s", c.env("GOMEMLIMIT"), want)
	}
	ports := map[string]string{}
	for _, port := range c.Ports {
		ports[port.Name] = ":" + strconv.Itoa(port.ContainerPort)
	}
	var room int64
	for _, v := range p.Volumes {
		if v["name"] == "cache" {
			room = bytesOf(t, v["emptyDir"].(map[string]any)["sizeLimit"].(string))
		}
	}
	if got := bytesOf(t, c.Resources.Limits["ephemeral-storage"]); got < room {
		t.Errorf("ephemeral-storage %d for a volume of %d", got, room)
	}
	sleep, err := strconv.Atoi(c.Lifecycle.PreStop.Exec.Command[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range configs {
		conf, err := config.Parse(name, read(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if ports["http"] != conf.Listen || ports["admin"] != conf.Admin.Listen {
			t.Errorf("%s: %v, %s, %s", name, ports, conf.Listen, conf.Admin.Listen)
		}
		if grace := time.Duration(p.TerminationGracePeriodSeconds-sleep) * time.Second; grace < time.Duration(conf.Limits.Drain)+5*time.Second {
			t.Errorf("%s: %v to drain for %v", name, grace, time.Duration(conf.Limits.Drain))
		}
		if budget := int64(conf.Cache.Budget); budget < 1<<30 || budget > room*8/10 {
			t.Errorf("%s: budget %d of %d", name, budget, room)
		}
		if int64(conf.Limits.Memory) > memory/4 {
			t.Errorf("%s: %d of %d bytes for answers", name, conf.Limits.Memory, memory)
		}
		for what, dir := range map[string]string{"cache.dir": conf.Cache.Dir, "HOME": c.env("HOME"), "TMPDIR": c.env("TMPDIR")} {
			if dir != "/cache" && !strings.HasPrefix(dir, "/cache/") {
				t.Errorf("%s: %s is %s, which cannot be written", name, what, dir)
			}
		}
	}
	for name, pr := range map[string]probe{"startup": c.StartupProbe, "readiness": c.ReadinessProbe, "liveness": c.LivenessProbe} {
		if pr.HTTPGet.Port != "admin" {
			t.Errorf("%s: %+v", name, pr)
		}
	}
	pod := deployment.Spec.Template.Metadata
	if ":"+pod.Annotations["prometheus.io/port"] != ports["admin"] || !maps.Equal(p.TopologySpreadConstraints[0].LabelSelector.MatchLabels, pod.Labels) {
		t.Errorf("%v", pod)
	}
	service, hpa, pdb := one(t, "base/service.yaml"), one(t, "overlays/oss/hpa.yaml"), one(t, "overlays/oss/pdb.yaml")
	if len(service.Spec.Ports) != 1 || service.Spec.Ports[0].TargetPort != "http" {
		t.Errorf("%+v: the admin port is nobody's outside", service.Spec.Ports)
	}
	if hpa.Spec.MinReplicas != 3 || pdb.Spec.MinAvailable >= hpa.Spec.MinReplicas || hpa.Spec.ScaleTargetRef != (reference{"Deployment", deployment.Metadata.Name}) {
		t.Errorf("%+v, %d", hpa.Spec, pdb.Spec.MinAvailable)
	}
	if to := one(t, "overlays/openshift/route.yaml").Spec.To; to != (reference{"Service", service.Metadata.Name}) {
		t.Errorf("%v", to)
	}
	for name, o := range map[string]object{"deployment": deployment, "pdb": pdb, "monitor": one(t, "podmonitor.example.yaml")} {
		var by struct {
			MatchLabels map[string]string `yaml:"matchLabels"`
		}
		if err := o.Spec.Selector.Decode(&by); err != nil || !maps.Equal(by.MatchLabels, pod.Labels) {
			t.Errorf("%s: %v selects %v, pods have %v", name, err, by.MatchLabels, pod.Labels)
		}
	}
	var by map[string]string
	if err := service.Spec.Selector.Decode(&by); err != nil || !maps.Equal(by, pod.Labels) {
		t.Errorf("service: %v selects %v", err, by)
	}
}

// Both languages have the same sections, commands and files, and every file is told.
func TestReadmes(t *testing.T) {
	section := regexp.MustCompile(`(?m)^#+ .*<!-- ([a-z]+) -->$`)
	code := regexp.MustCompile("(?m)^(?:docker|kubectl|install|systemctl) [^#\n]*")
	en, zh := string(read(t, "README.md")), string(read(t, "README.zh-CN.md"))
	for what, re := range map[string]*regexp.Regexp{"sections": section, "commands": code} {
		var a, b []string
		for _, m := range re.FindAllStringSubmatch(en, -1) {
			a = append(a, strings.TrimSpace(m[len(m)-1]))
		}
		for _, m := range re.FindAllStringSubmatch(zh, -1) {
			b = append(b, strings.TrimSpace(m[len(m)-1]))
		}
		if len(a) < 5 || !slices.Equal(a, b) {
			t.Errorf("%s differ:\n%q\n%q", what, a, b)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| (`[^|]+) \\|").FindAllStringSubmatch(en, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			if name = strings.Trim(name, "`"); !strings.Contains(zh, "`"+name+"`") {
				t.Errorf("%s is not in the Chinese README", name)
			}
			if _, err := os.Stat(name); err != nil {
				t.Error(err)
			}
		}
	}
}
