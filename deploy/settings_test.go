package deploy_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"example.com/okta-gin/config"
)

// documents reads every YAML document of a file.
func documents(t *testing.T, name string) []map[string]any {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []map[string]any
	decoder := yaml.NewDecoder(file)
	for {
		var document map[string]any
		err := decoder.Decode(&document)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, document)
	}
}

// at walks into document by keys and, for lists, numbers.
func at(t *testing.T, document any, path ...any) any {
	t.Helper()
	for i, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := document.(map[string]any)
			document = members[step]
		case int:
			if list, _ := document.([]any); step < len(list) {
				document = list[step]
			} else {
				document = nil
			}
		}
		if document == nil {
			t.Fatalf("there is no %v", path[:i+1])
		}
	}
	return document
}

// ofKind is the one document of that kind.
func ofKind(t *testing.T, all []map[string]any, kind string) map[string]any {
	t.Helper()
	i := slices.IndexFunc(all, func(document map[string]any) bool { return document["kind"] == kind })
	if i < 0 {
		t.Fatalf("there is no %s", kind)
	}
	return all[i]
}

func texts(t *testing.T, document any) map[string]string {
	t.Helper()
	members, _ := document.(map[string]any)
	values := map[string]string{}
	for name, value := range members {
		values[name] = fmt.Sprint(value)
	}
	if len(values) == 0 {
		t.Fatal("there are no settings")
	}
	return values
}

// environmentOf are the settings in a unit's Environment lines.
func environmentOf(t *testing.T, unit string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^Environment=([A-Z0-9_]+)=(.*)$`).FindAllStringSubmatch(string(content), -1) {
		values[match[1]] = match[2]
	}
	return values
}

// TestSettingsStand loads the settings of each file as the app does, with files for the
// secrets that they name.
func TestSettingsStand(t *testing.T) {
	t.Parallel()
	unit := environmentOf(t, "okta-gin.service")
	for name, value := range map[string]string{ // of /etc/okta-gin/env
		"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "BASE_URL": "https://app.example.com",
	} {
		unit[name] = value
	}
	for name, settings := range map[string]map[string]string{
		"compose.yaml":     texts(t, at(t, documents(t, "compose.yaml")[0], "services", "app", "environment")),
		"kubernetes.yaml":  texts(t, ofKind(t, documents(t, "kubernetes.yaml"), "ConfigMap")["data"]),
		"okta-gin.service": unit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for setting, value := range settings {
				base, isFile := strings.CutSuffix(setting, "_FILE")
				if !slices.Contains(config.Names(), setting) && !(isFile && slices.Contains(config.Names(), base)) {
					t.Errorf("%s is no setting", setting)
				}
				if !isFile {
					continue
				}
				secret, ok := map[string]string{
					"client-secret": "s3cr3t", "redis-url": "redis://:s3cr3t@redis:6379",
					"session-secret": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
				}[filepath.Base(value)]
				if !ok {
					t.Errorf("%s names a file that is not told of: %s", setting, value)
				}
				settings[setting] = filepath.Join(dir, filepath.Base(value))
				if err := os.WriteFile(settings[setting], []byte(secret), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cfg, err := config.Load(settings)
			if err != nil {
				t.Fatal(err)
			}
			if cfg.ShutdownDelay == 0 {
				t.Error("SHUTDOWN_DELAY is not set: a rollout loses requests")
			}
		})
	}
}

// TestKubernetes holds what the manifest promises of probes, rights and stopping.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	all := documents(t, "kubernetes.yaml")
	pod := at(t, ofKind(t, all, "Deployment"), "spec", "template", "spec")
	container := at(t, pod, "containers", 0)
	for _, want := range []struct {
		where any
		path  []any
		value string
	}{
		{container, []any{"livenessProbe", "httpGet", "path"}, "/healthz"},
		{container, []any{"readinessProbe", "httpGet", "path"}, "/readyz"},
		{container, []any{"securityContext", "readOnlyRootFilesystem"}, "true"},
		{container, []any{"securityContext", "allowPrivilegeEscalation"}, "false"},
		{container, []any{"securityContext", "capabilities", "drop", 0}, "ALL"},
		{pod, []any{"securityContext", "runAsNonRoot"}, "true"},
		{pod, []any{"securityContext", "seccompProfile", "type"}, "RuntimeDefault"},
		{pod, []any{"automountServiceAccountToken"}, "false"},
		{pod, []any{"enableServiceLinks"}, "false"}, // or the variables of a service called okta-… look like settings
		{ofKind(t, all, "PodDisruptionBudget"), []any{"spec", "maxUnavailable"}, "1"},
		{ofKind(t, all, "NetworkPolicy"), []any{"spec", "policyTypes", 1}, "Egress"},
	} {
		if got := fmt.Sprint(at(t, want.where, want.path...)); got != want.value {
			t.Errorf("%v is %s, want %s", want.path, got, want.value)
		}
	}
	labels := fmt.Sprint(at(t, ofKind(t, all, "Deployment"), "spec", "template", "metadata", "labels"))
	for _, path := range [][]any{{"Deployment", "spec", "selector", "matchLabels"}, {"Service", "spec", "selector"}, {"PodDisruptionBudget", "spec", "selector", "matchLabels"}, {"NetworkPolicy", "spec", "podSelector", "matchLabels"}} {
		if got := fmt.Sprint(at(t, ofKind(t, all, path[0].(string)), path[1:]...)); got != labels {
			t.Errorf("%v is %s, want the pod's %s", path, got, labels)
		}
	}
	sleep, grace := number(t, at(t, container, "lifecycle", "preStop", "sleep", "seconds")), number(t, at(t, pod, "terminationGracePeriodSeconds"))
	cfg := texts(t, ofKind(t, all, "ConfigMap")["data"])
	if delay := number(t, strings.TrimSuffix(cfg["SHUTDOWN_DELAY"], "s")); sleep+delay+16 > grace {
		t.Errorf("preStop %d, delay %d and 16 seconds for the rest are more than the grace of %d", sleep, delay, grace)
	}
	service := ofKind(t, all, "Service")
	for _, name := range []string{"ingress-nginx.yaml", "ingress-traefik.yaml"} {
		backend := at(t, ofKind(t, documents(t, name), "Ingress"), "spec", "rules", 0, "http", "paths", 0, "backend", "service")
		if at(t, backend, "name") != at(t, service, "metadata", "name") || at(t, backend, "port", "name") != at(t, service, "spec", "ports", 0, "name") {
			t.Errorf("%s leads to %v", name, backend)
		}
	}
}

func number(t *testing.T, value any) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(fmt.Sprint(value), &n); err != nil {
		t.Fatalf("%v: %v", value, err)
	}
	return n
}

// TestDockerfile holds that the image is empty but for the program, which runs as
// nobody, and that no secret gets into its build.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, _ := strings.Cut(string(content), "\nFROM scratch\n")
	for _, line := range []string{"USER 65532:65532", `ENTRYPOINT ["/okta-gin"]`} {
		if !strings.Contains(last, line+"\n") {
			t.Errorf("the last stage lacks %s", line)
		}
	}
	if strings.Count(last, "COPY ") != 1 || strings.Contains(last, "RUN ") {
		t.Errorf("the image has more than the program:\n%s", last)
	}
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"CGO_ENABLED=0", "-trimpath", "-tags nomsgpack", "-X example.com/okta-gin/version.release="} {
		if !strings.Contains(string(content), flag) || !strings.Contains(string(makefile), flag) {
			t.Errorf("the Dockerfile and the Makefile don't both build with %s", flag)
		}
	}
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (.+)$`).FindSubmatch(mod)[1]
	if !strings.Contains(string(content), "FROM golang:"+string(version)+" ") {
		t.Errorf("the Dockerfile builds with another Go than %s", version)
	}
	ignored, err := os.ReadFile("Dockerfile.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"**/.env", "**/.okta.env", "deploy/secrets"} {
		if !slices.Contains(strings.Split(string(ignored), "\n"), name) {
			t.Errorf("%s gets into the build", name)
		}
	}
}
