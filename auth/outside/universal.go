package outside

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

const (
	maxRevocation = 16 << 10 // bytes of a body
	maxName       = 320      // bytes of a person's id or email address (RFC 3696)
)

// UniversalLogout serves POST PREFIX/universal-logout, Okta's global token revocation
// (draft-parecki-oauth-global-token-revocation): all sessions of a person end, and their
// refresh tokens are revoked behind the answer. 204 says that nothing is left of them
// here, known or not; 400 is for a request that nobody can understand, 401 for a token
// that is missing, wrong or used, 403 for one of another client and where Universal
// Logout is not set up, 404 for a person of another issuer, 422 for one who can't be
// found by what the request says; 503 where sessions or keys can't be asked.
func (r *Receivers) UniversalLogout(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := r.universalLogout(c); err != nil {
		return r.refuse(c, journal.UniversalLogout, err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (r *Receivers) universalLogout(c *gin.Context) error {
	use, err := r.verifyRevocation(c.Request)
	if err != nil {
		return err
	}
	who, err := readSubject(c.Writer, c.Request)
	if err != nil {
		return err
	}
	if err := r.canFind(who); err != nil {
		return err
	}
	first, err := r.once(c.Request.Context(), journal.UniversalLogout, use)
	if err != nil {
		return err
	}
	if !first {
		return unauthorized("token_used", errors.New("the revocation token was used before"))
	}
	var sessions []session.Session
	if who.Format == formatEmail {
		sessions, err = r.Sessions.EndEmail(c.Request.Context(), who.Email)
	} else {
		sessions, err = r.Sessions.EndAll(c.Request.Context(), who.Subject)
	}
	return r.ended(c, journal.UniversalLogout, who.Subject, journal.UniversalLogout, sessions, err)
}

func (r *Receivers) verifyRevocation(req *http.Request) (okta.TokenUse, error) {
	raw, ok := web.CutScheme(req.Header.Get("Authorization"), "Bearer")
	if !ok || raw == "" || len(req.Header.Values("Authorization")) > 1 {
		return okta.TokenUse{}, unauthorized("no_token", errors.New("there is no bearer token"))
	}
	use, err := r.Okta.VerifyRevocationToken(req.Context(), raw, r.UniversalLogoutURL)
	switch {
	case errors.Is(err, okta.ErrBadToken):
		return use, unauthorized("bad_token", err)
	case errors.Is(err, okta.ErrOtherClient):
		return use, forbidden("other_client", "The token is for another client than this app.", err)
	case errors.Is(err, okta.ErrNotSetUp):
		return use, forbidden("not_set_up", "This app takes Universal Logout from nobody: its issuer is not Okta's, and OKTA_UNIVERSAL_LOGOUT_ISSUER is not set.", err)
	}
	return use, err
}

// The formats of subjects (RFC 9493).
const (
	formatEmail  = "email"
	formatIssSub = "iss_sub"
)

// subject is whose sessions end.
type subject struct {
	Format  string `json:"format"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Email   string `json:"email"`
}

// readSubject reads the body of a request. Errors are problems.
func readSubject(w http.ResponseWriter, req *http.Request) (subject, error) {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return subject{}, web.BadRequest("The body must be application/json.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRevocation))
	if err != nil {
		return subject{}, web.BadRequest("The body can't be read, or is too large.")
	}
	return parseSubject(body)
}

// parseSubject refuses what names nobody: the formats are email, and iss_sub.
func parseSubject(body []byte) (subject, error) {
	var request struct {
		Subject subject `json:"sub_id"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return subject{}, web.BadRequest("The body is no JSON object with a sub_id.")
	}
	who := request.Subject
	named := who.Email
	switch who.Format {
	case formatEmail:
		who.Issuer, who.Subject = "", ""
		if !strings.Contains(named, "@") {
			named = ""
		}
	case formatIssSub:
		who.Email, named = "", who.Subject
		if who.Issuer == "" {
			named = ""
		}
	default:
		return subject{}, web.BadRequest(`The format of sub_id must be "iss_sub" or "email".`)
	}
	if named == "" || len(named) > maxName || web.HasControl(named) {
		return subject{}, web.BadRequest("sub_id does not name anybody.")
	}
	return who, nil
}

// canFind says why the sessions of who can't be found, if so.
func (r *Receivers) canFind(who subject) error {
	if who.Format == formatIssSub && !slices.Contains(r.subjectIssuers, who.Issuer) {
		return &web.Problem{
			Status: http.StatusNotFound, Heading: "There is no such person", Reason: "other_issuer",
			Detail: "The people of this app are those of another issuer.",
		}
	}
	if who.Format == formatEmail && !slices.Contains(r.Config.Scopes, "email") {
		return &web.Problem{
			Status: http.StatusUnprocessableEntity, Heading: "That person can't be signed out so", Reason: "no_emails",
			Detail: "This app does not ask for people's email addresses (OKTA_SCOPES). Choose the subject format Issuer and Subject in Okta.",
		}
	}
	return nil
}

func unauthorized(reason string, cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "The request does not prove that it is Okta's", Detail: "Nothing was signed out.",
		Cause: cause, Reason: reason, Challenge: `Bearer error="invalid_token"`,
	}
}

func forbidden(reason, detail string, cause error) *web.Problem {
	return &web.Problem{Status: http.StatusForbidden, Heading: "Universal Logout is refused", Detail: detail, Cause: cause, Reason: reason}
}
