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
	errExpired     = message{"The session has expired.", "idx.session.expired"}
	errPassword    = message{"Authentication failed", "errors.E0000004"}
	errLocked      = message{"Your account is locked. Please contact your administrator.", "errors.E0000119"}
	errMailCode    = message{"Invalid code. Try again.", "api.authn.error.PASSCODE_INVALID"}
	errTOTP        = message{"Your code doesn't match our records. Please try again.", "authfactor.challenge.soft_token.invalid_passcode"}
	errNewPassword = message{"Password requirements were not met.", "password.passwordRequirementsNotMet"}
	errNotAssigned = message{"User is not assigned to this application.", "idx.error.user.not.assigned.to.app"}
	errDenied      = message{"You do not have permission to perform the requested action.", "security.access_denied"}
	errWrongStep   = message{"The request does not fit where the sign-in stands.", "mockokta.wrong.step"}
)

// refuse makes a reply of a problem with the whole form.
func refuse(status int, problem message) reply { return reply{status: status, problem: &problem} }

var wrongStep = refuse(http.StatusBadRequest, errWrongStep)
