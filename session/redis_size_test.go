package session_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/redistest"
)

// TestBytesInRedis measures what a session takes of Redis' memory, lists and index
// included, and holds it to what docs/capacity.md reckons with.
func TestBytesInRedis(t *testing.T) {
	t.Parallel()
	const first, people = 30, 100
	for name, tc := range map[string]struct {
		groups  int
		refresh bool
		most    int
	}{
		"no groups":                      {0, false, 3_000},
		"20 groups and a refresh token":  {20, true, 5_000},
		"100 groups and a refresh token": {100, true, 8_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			client := redis.NewClient(&redis.Options{Addr: server.Addr()})
			defer client.Close()
			sessions, err := session.NewRedis(client, options(newClock()))
			if err != nil {
				t.Fatal(err)
			}
			before := 0
			for i := range first + people {
				if i == first { // what Redis needs once is there
					before = usedMemory(t, client)
				}
				s := adasTokens(t, tc.groups, tc.refresh)
				s.Subject = "00u" + strconv.Itoa(1e16+i)
				if _, err := sessions.Start(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil), s); err != nil {
					t.Fatal(err)
				}
			}
			each := (usedMemory(t, client) - before) / people
			t.Logf("%s: %d bytes each", name, each)
			if each > tc.most {
				t.Errorf("%d bytes each, want at most %d", each, tc.most)
			}
		})
	}
}

func usedMemory(t *testing.T, client *redis.Client) int {
	t.Helper()
	info, err := client.Info(t.Context(), "memory").Result()
	if err != nil {
		t.Fatal(err)
	}
	_, used, _ := strings.Cut(info, "used_memory:")
	used, _, _ = strings.Cut(used, "\r\n")
	n, err := strconv.Atoi(used)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
