package quota_test

import (
	"testing"
	"time"

	"example.com/okta-gin/auth/internal/quota"
)

// TestClientsDoNotHoldUpEachOther: one that fails waits, and nobody else; where nobody
// knows who it is, all wait together, but only for what is too much in all.
func TestClientsDoNotHoldUpEachOther(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for client, most := range map[string]int{"203.0.113.9": 10, "2001:db8::/64": 10, "": 200} {
		q, err := quota.New(func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		for failed := range most {
			if wait := q.Wait(client); wait != 0 {
				t.Fatalf("client %q waits for %v after %d failures", client, wait, failed)
			}
			q.Failed(client)
		}
		if q.Wait(client) == 0 {
			t.Errorf("client %q does not wait after %d failures", client, most)
		}
		if wait := q.Wait("198.51.100.1"); (wait > 0) != (client == "") {
			t.Errorf("somebody else waits for %v after those of %q", wait, client)
		}
	}
}
