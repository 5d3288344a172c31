package auth

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Hooks are told of what happens to people's sessions. Each runs within the
// request that makes it happen, which waits for it: give it a time-out.
type Hooks struct {
	// SignedIn is called when Okta has proved who a person is, before their session
	// begins. It may add to s.Data, up to 1 KB in all, which Caller.Data gives back at
	// each request. An error lets nobody in: Refuse says why on the page, any other
	// is this app's failure.
	SignedIn func(ctx context.Context, s *SignIn) error
	// Renewed is called when the claims of a session were asked for anew. An error
	// ends the session.
	Renewed func(ctx context.Context, s SignIn) error
	// SessionEnded is called when a session has ended; from outside once for all of a
	// person's, and not at all where only their browsers know whose they were. That time has ended one is noticed
	// when its browser comes again with a refresh token that is still good, if ever.
	SessionEnded func(ctx context.Context, e Ending)
}

// SignIn is a person whom Okta has proved to be who they are.
type SignIn struct {
	// Subject identifies the person, together with Issuer. An email address does not.
	Subject, Issuer string
	// Claims are all that Okta says of the person, verified.
	Claims map[string]any
	Groups []string
	// Data is the app's own, kept with the session.
	Data map[string]string
}

// Ending is the end of a session.
type Ending struct {
	Subject string
	// Reason is why: "signed_out", "signed_out_everywhere", "replaced" by a new sign-in,
	// "expired", or the reason for which Okta no longer vouches for it. From outside it is
	// "universal_logout", "front_channel_logout", "back_channel_logout", or the type of the
	// event, such as "user.lifecycle.deactivate".
	Reason string
}

// Refuse returns an error with which Hooks.SignedIn keeps a person out. The page
// shows text to them.
func Refuse(text string) error {
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "This app did not let you in", Detail: text, Reason: refusals.ByApp,
	}
}

// hooked calls the app's hooks, as far as there are any.
type hooked struct {
	hooks       Hooks
	issuer      string
	groupsClaim []string
}

// signIn describes a person to the hooks.
func (h hooked) signIn(values map[string]any) SignIn {
	sub, _ := values["sub"].(string)
	return SignIn{
		Subject: sub, Issuer: h.issuer, Claims: values, Groups: claims.Groups(values, h.groupsClaim), Data: make(map[string]string),
	}
}

// signedIn asks the app whether it takes the person of values, and for what their
// session is to keep.
func (h hooked) signedIn(ctx context.Context, values map[string]any) (map[string]string, error) {
	if h.hooks.SignedIn == nil {
		return nil, nil
	}
	in := h.signIn(values)
	if err := h.hooks.SignedIn(ctx, &in); err != nil {
		return nil, err
	}
	if size := sizeOf(in.Data); size > session.MaxData {
		return nil, fmt.Errorf("Hooks.SignedIn has put %d bytes into Data, may be %d", size, session.MaxData)
	}
	return in.Data, nil
}

func (h hooked) renewed(ctx context.Context, s *session.Session) error {
	if h.hooks.Renewed == nil {
		return nil
	}
	values, err := s.Values()
	if err != nil {
		return err
	}
	in := h.signIn(values)
	maps.Copy(in.Data, s.Data) // which all requests of the session share
	return h.hooks.Renewed(ctx, in)
}

func (h hooked) ended(ctx context.Context, subject, reason string) {
	if h.hooks.SessionEnded != nil {
		h.hooks.SessionEnded(ctx, Ending{Subject: subject, Reason: reason})
	}
}

func (h hooked) expired(ctx context.Context, subject string) { h.ended(ctx, subject, "expired") }

// sizeOf is what data takes of the room that a session has for it, as package session
// counts.
func sizeOf(data map[string]string) int {
	size := 0
	for name, value := range data {
		size += len(name) + len(value) + 2
	}
	return size
}
