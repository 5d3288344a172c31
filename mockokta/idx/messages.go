package idx

import "net/http"

// reply is what a step says: a problem or, without one, where the transaction stands.
type reply struct {
	status  int
	problem *message
	atField bool
}

var ok = reply{status: http.StatusOK}

// What people are told. Unless Knobs.RevealLockout is on, a lock-out looks like a wrong password.
var (
	errExpired       = message{text: "The session has expired.", key: "idx.session.expired"}
	errPassword      = message{text: "Authentication failed", key: "errors.E0000004"}
	errLocked        = message{text: "Your account is locked. Please contact your administrator.", key: "errors.E0000119"}
	errMailCode      = message{text: "Invalid code. Try again.", key: "api.authn.error.PASSCODE_INVALID"}
	errTOTP          = message{text: "Your code doesn't match our records. Please try again.", key: "authfactor.challenge.soft_token.invalid_passcode"}
	errNewPassword   = message{text: "Password requirements were not met.", key: "password.passwordRequirementsNotMet"}
	errNotAssigned   = message{text: "User is not assigned to this application.", key: "idx.error.user.not.assigned.to.app"}
	errDenied        = message{text: "You do not have permission to perform the requested action.", key: "security.access_denied"}
	errNoRecovery    = message{text: "Reset password is not allowed at this time. Please contact support for assistance.", key: "oie.selfservice.reset.password.not.allowed"}
	errRecoveryToken = message{text: "Your reset password token is no longer valid.  Contact your administrator to obtain a new token.", key: "idx.invalid.reset.password.token"}
	errWrongStep     = message{text: "The request does not fit where the sign-in stands.", key: "mockokta.wrong.step"}
)

// unknownUser is a message that comes with a good answer.
func unknownUser(login string) *message {
	return &message{text: "There is no account with the Username " + login + ".", key: "idx.unknown.user", info: true}
}

// refuse makes a reply of a problem with the whole form.
func refuse(status int, problem message) reply { return reply{status: status, problem: &problem} }

var wrongStep = refuse(http.StatusBadRequest, errWrongStep)
