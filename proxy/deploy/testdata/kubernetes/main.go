// Command kubernetes builds kustomize folders and reads every object that comes out
// into Kubernetes' own type, strictly: a field that does not exist, exists twice or
// has another type is an error. It prints what was built. It is a module of its own,
// so that the project does not depend on Kubernetes.
package main

import (
	"fmt"
	"os"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

func main() {
	for _, dir := range os.Args[1:] {
		if err := check(dir); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", dir, err)
			os.Exit(1)
		}
	}
}

// check builds a folder, or takes a file as it is.
func check(dir string) error {
	var documents []string
	if strings.HasSuffix(dir, ".yaml") {
		b, err := os.ReadFile(dir)
		if err != nil {
			return err
		}
		documents = strings.Split(string(b), "\n---\n")
	} else {
		built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
		if err != nil {
			return err
		}
		for _, r := range built.Resources() {
			b, err := r.AsYAML()
			if err != nil {
				return err
			}
			documents = append(documents, string(b))
		}
	}
	for _, text := range documents {
		if err := strict([]byte(text)); err != nil {
			return err
		}
		fmt.Printf("---\n%s\n", text)
	}
	return nil
}

func strict(text []byte) error {
	var meta struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(text, &meta); err != nil {
		return err
	}
	into, ok := map[string]any{
		"apps/v1 Deployment":                     &appsv1.Deployment{},
		"v1 Service":                             &corev1.Service{},
		"v1 ConfigMap":                           &corev1.ConfigMap{},
		"v1 Secret":                              &corev1.Secret{},
		"v1 PersistentVolumeClaim":               &corev1.PersistentVolumeClaim{},
		"policy/v1 PodDisruptionBudget":          &policyv1.PodDisruptionBudget{},
		"autoscaling/v2 HorizontalPodAutoscaler": &autoscalingv2.HorizontalPodAutoscaler{},
		"route.openshift.io/v1 Route":            nil, // OpenShift's types are not here
	}[meta.APIVersion+" "+meta.Kind]
	switch {
	case !ok:
		return fmt.Errorf("%s %s: unknown", meta.APIVersion, meta.Kind)
	case into == nil:
		return nil
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		return fmt.Errorf("%s: %w", meta.Kind, err)
	}
	return nil
}
