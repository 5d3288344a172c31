package auth

import "example.com/okta-gin/auth/internal/caller"

// Caller is who a request comes from: a person signed in here, or the bearer of
// an access token.
type Caller = caller.Caller
