package auth_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

func TestWarningOfGinsLogger(t *testing.T) {
	t.Parallel()
	own := func(*gin.Context) {}
	for name, tt := range map[string]struct {
		mode       string
		middleware gin.HandlerFunc
		want       bool
	}{
		"gin.Logger":                 {"", gin.Logger(), true},
		"gin.LoggerWithConfig":       {"", gin.LoggerWithConfig(gin.LoggerConfig{}), true},
		"codes come in forms":        {"form_post", gin.Logger(), false},
		"gin.Recovery":               {"", gin.Recovery(), false},
		"a middleware of the host's": {"", own, false},
	} {
		cfg, err := config.Load(map[string]string{
			"OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oaExample",
			"OKTA_OAUTH2_CLIENT_SECRET": "a-secret-of-thirty-two-characters!", "OKTA_RESPONSE_MODE": tt.mode,
		})
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		okta, err := auth.New(cfg, auth.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		engine := gin.New()
		engine.Use(tt.middleware)
		if err := okta.Mount(engine); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "SkipQueryString"); got != tt.want {
			t.Errorf("%s: warned %v, want %v:\n%s", name, got, tt.want, &log)
		}
	}
}
