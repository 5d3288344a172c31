package mockokta

import "example.com/okta-gin/mockokta/state"

// What an org is made of and how it is bent.
type (
	Options = state.Options
	Client  = state.Client
	Person  = state.Person
	Knobs   = state.Knobs
	Refusal = state.Refusal
)

// OrgID is the org's own id: the idp claim of everyone who signs in with a password.
const OrgID = state.OrgID

// Person statuses the stand-in tells apart.
const (
	StatusActive          = state.StatusActive
	StatusDeprovisioned   = state.StatusDeprovisioned
	StatusLockedOut       = state.StatusLockedOut
	StatusPasswordExpired = state.StatusPasswordExpired
	StatusProvisioned     = state.StatusProvisioned
)
