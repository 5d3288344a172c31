package deploy_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const rules, rulesTest, dashboard = "prometheus/rules.yaml", "prometheus/rules_test.yaml", "grafana/okta-gin.json"

func promtool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(program(t, "promtool", "prometheus"), args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestAlerts has promtool check the alerts, and have each fire where it should and be
// silent where all is well.
func TestAlerts(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "rules", rules)
	promtool(t, "test", "rules", rulesTest)
}

// TestEachAlertIsTriedAndExplained in the tests of the rules and in the runbook.
func TestEachAlertIsTriedAndExplained(t *testing.T) {
	t.Parallel()
	groups := at(t, documents(t, rules)[0], "groups").([]any)
	tried, runbook := read(t, rulesTest), read(t, "../docs/operations.md")
	_, runbook, _ = strings.Cut(runbook, "\n## Alerts\n")
	runbook, _, _ = strings.Cut(runbook, "\n## ")
	listed := strings.Count(runbook, "\n| `")
	for _, group := range groups {
		for _, rule := range at(t, group, "rules").([]any) {
			name := at(t, rule, "alert").(string)
			listed--
			if !strings.Contains(tried, "alertname: "+name+", exp_alerts: []") && name != "NotScraped" {
				t.Errorf("no test has %s silent where all is well", name)
			}
			if !strings.Contains(tried, "alertname: "+name+"\n        exp_alerts:\n") {
				t.Errorf("no test has %s fire", name)
			}
			if strings.Count(runbook, "\n| `"+name+"` | ") != 1 {
				t.Errorf("docs/operations.md does not say what to do about %s", name)
			}
			if got := at(t, rule, "annotations", "runbook"); got != "docs/operations.md#alerts" {
				t.Errorf("%s: runbook %v", name, got)
			}
		}
	}
	if listed != 0 {
		t.Errorf("docs/operations.md explains %d alerts more than there are", listed)
	}
}

// TestDashboardAsksWhatPrometheusUnderstands: each of its queries, by promtool.
func TestDashboardAsksWhatPrometheusUnderstands(t *testing.T) {
	t.Parallel()
	var board struct {
		Panels []struct {
			Title   string
			Type    string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, dashboard)), &board); err != nil {
		t.Fatal(err)
	}
	type rule struct{ Record, Expr string }
	var queries []rule
	for _, panel := range board.Panels {
		if panel.Type != "row" && len(panel.Targets) == 0 {
			t.Errorf("the panel %q asks nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			expr := strings.NewReplacer("$instance", ".*", "$__rate_interval", "5m").Replace(target.Expr)
			queries = append(queries, rule{fmt.Sprintf("query:%d", len(queries)), expr})
		}
	}
	if len(queries) < 20 {
		t.Fatalf("%d queries", len(queries))
	}
	content, err := yaml.Marshal(map[string]any{"groups": []map[string]any{{"name": "dashboard", "rules": queries}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "queries.yaml")
	write(t, file, string(content))
	promtool(t, "check", "rules", file)
}
