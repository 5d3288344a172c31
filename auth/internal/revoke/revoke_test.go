package revoke_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/session"
)

// silent never answers.
type silent struct{}

func (silent) Revoke(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func (silent) GiveBack(ctx context.Context, _, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// TestNobodyWaitsLong holds that whoever signs out waits two seconds for Okta at most,
// with however many tokens, and that the log says what was left.
func TestNobodyWaitsLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ended []session.Session
		for i := range 50 {
			ended = append(ended, session.Session{RefreshToken: fmt.Sprint("token ", i)})
		}
		var log bytes.Buffer
		revoker := revoke.New(silent{}, slog.New(slog.NewTextHandler(&log, nil)))
		began := time.Now()
		revoker.Now(t.Context(), ended)
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("waited %v", waited)
		}
		if got := log.String(); !strings.Contains(got, "token not revoked") || strings.Contains(got, "token 1") {
			t.Errorf("the log says %q", got)
		}
	})
}
