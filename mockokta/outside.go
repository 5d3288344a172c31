package mockokta

import (
	"context"

	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/state"
)

// EventHook is an endpoint that is told what happens to people.
type EventHook = state.EventHook

// BackChannelToken makes a back-channel logout token of the custom server for the first client's app. change, which
// may be nil, spoils it before it is signed.
func (o *Org) BackChannelToken(userID, sid string, change func(header, claims map[string]any)) string {
	return management.BackChannelToken(o.Org, o.Issuer(), o.Clients()[0].ID, userID, sid, change)
}

// BackChannelLogout posts a logout token to an app's endpoint and returns its status.
func (o *Org) BackChannelLogout(ctx context.Context, endpoint, token string) (int, error) {
	return management.CallBackChannel(ctx, endpoint, token)
}

// Event is an entry of the system log about a person, as event hooks carry it. further are more targets.
func (o *Org) Event(kind, login string, further ...map[string]any) map[string]any {
	entry, _ := o.LookUp(login)
	return management.Event(o.Org, kind, entry.Person, further...)
}

// SendEvents delivers events to every event hook and returns what they answer: 0 for no answer.
func (o *Org) SendEvents(ctx context.Context, events ...map[string]any) []int {
	return management.Deliver(ctx, o.Org, events...)
}

// VerifyEventHook asks an event hook whether it is meant, as Okta does once.
func (o *Org) VerifyEventHook(ctx context.Context, hook EventHook) (bool, error) {
	return management.VerifyHook(ctx, hook)
}
