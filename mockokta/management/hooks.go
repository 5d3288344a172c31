package management

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Event is an entry of the system log about a person, as event hooks carry it. further are more targets, such as
// the group.
func Event(o *state.Org, kind string, person state.Person, further ...map[string]any) map[string]any {
	targets := []any{map[string]any{"id": person.ID, "type": "User", "alternateId": person.Login, "displayName": person.FullName(), "detailEntry": nil}}
	for _, t := range further {
		targets = append(targets, t)
	}
	return map[string]any{
		"uuid": state.HexID(), "published": wire.Time(o.Now()), "eventType": kind, "version": "0", "severity": "INFO", "legacyEventType": nil,
		"displayMessage": kind, "actor": map[string]any{"id": "00u1mockAdmin0000005d7", "type": "User", "alternateId": "admin@acme.test", "displayName": "Admin"},
		"client": nil, "outcome": map[string]any{"result": "SUCCESS", "reason": nil}, "target": targets,
	}
}

// Deliver sends events to every event hook, in one delivery each, and returns what they answer: 0 for no answer.
func Deliver(ctx context.Context, o *state.Org, events ...map[string]any) []int {
	var statuses []int
	for i, hook := range o.EventHooks() {
		id := state.EntityID("who", fmt.Sprint(i))
		delivery := map[string]any{
			"eventType": "com.okta.event_hook", "eventTypeVersion": "1.0", "cloudEventsVersion": "0.1", "contentType": "application/json",
			"source": o.URL() + "/api/v1/eventHooks/" + id, "eventId": state.HexID(), "eventTime": wire.Time(o.Now()),
			"data": map[string]any{"events": events},
		}
		if tamper := o.Knobs().TamperEvents; tamper != nil {
			tamper(delivery)
		}
		status, err := deliver(ctx, hook, delivery)
		o.Log().Info("mockokta: event hook", "url", hook.URL, "status", status, "error", err)
		statuses = append(statuses, status)
	}
	return statuses
}

func deliver(ctx context.Context, hook state.EventHook, delivery map[string]any) (int, error) {
	body, err := json.Marshal(delivery)
	if err != nil {
		return 0, fmt.Errorf("mockokta: encode events: %w", err)
	}
	status, _, err := callHook(ctx, hook, http.MethodPost, body, nil)
	return status, err
}

// VerifyHook asks an event hook whether it is meant, as Okta does once, and reports whether it is.
func VerifyHook(ctx context.Context, hook state.EventHook) (bool, error) {
	challenge := state.RandomID()
	status, body, err := callHook(ctx, hook, http.MethodGet, nil, map[string]string{"X-Okta-Verification-Challenge": challenge})
	if err != nil {
		return false, err
	}
	var answer struct {
		Verification string `json:"verification"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return false, fmt.Errorf("mockokta: read the verification: %w", err)
	}
	return status == http.StatusOK && answer.Verification == challenge, nil
}

func callHook(ctx context.Context, hook state.EventHook, method string, body []byte, headers map[string]string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, hook.URL, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("mockokta: event hook: %w", err)
	}
	req.Header.Set("Authorization", hook.Secret)
	req.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("mockokta: event hook: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, answer, err
}
