package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/web"
)

// TestLogWaitsWithRequestsAlone: lines of requests that went well may wait for others, for
// a second; what is more than that is in the log when it was said, with all before it.
func TestLogWaitsWithRequestsAlone(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := func() int {
		content, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(content), "\n")
	}
	log, flush := web.NewLogger(config.Config{}, file)
	log.Info("request", "status", 200)
	if n := lines(); n != 0 {
		t.Errorf("%d lines after a request", n)
	}
	log.With("sub", "00u").Info("security event")
	if n := lines(); n != 2 {
		t.Errorf("%d lines after an event", n)
	}
	log.Error("request", "status", 500)
	if n := lines(); n != 3 {
		t.Errorf("%d lines after a request that failed", n)
	}
	log.WithGroup("more").Info("request")
	flush()
	if n := lines(); n != 4 {
		t.Errorf("%d lines after the last", n)
	}
	synctest.Test(t, func(t *testing.T) {
		log, _ := web.NewLogger(config.Config{}, file)
		log.Info("request")
		time.Sleep(time.Second)
		synctest.Wait()
		if n := lines(); n != 5 {
			t.Errorf("%d lines after a second", n)
		}
	})
}
