package state

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"image/png"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// NeedsFactor says whether a person has to set up a second factor before they are signed in: they have none, and the
// org's policy, their own entry or the assurance that an app asks for wants one.
func (o *Org) NeedsFactor(entry Entry, level int) bool {
	knobs := o.Knobs()
	return len(entry.Factors()) == 0 && (knobs.RequireFactor || entry.MustEnroll || knobs.EnrollForACR && level > 1)
}

// NewTOTPSecret makes a secret for an authenticator app.
func NewTOTPSecret() string {
	var b [20]byte
	rand.Read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])
}

// QRCode is the picture that an authenticator app reads a secret from, as PNG.
func QRCode(login, secret string) ([]byte, error) {
	query := url.Values{"secret": {secret}, "issuer": {"Stand-in"}}
	key, err := otp.NewKeyFromURL("otpauth://totp/" + url.PathEscape("Stand-in:"+login) + "?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("make the key's URL: %w", err)
	}
	image, err := key.Image(200, 200)
	if err != nil {
		return nil, fmt.Errorf("draw the QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image); err != nil {
		return nil, fmt.Errorf("encode the QR code: %w", err)
	}
	return b.Bytes(), nil
}

// EnrollTOTP gives the person with the id an authenticator app, if code is what it shows with this secret.
func (o *Org) EnrollTOTP(id, secret, code string) bool {
	code = strings.TrimSpace(code)
	right, err := totp.ValidateCustom(code, secret, o.Now(), totpOptions())
	if err != nil || !right || !o.totpUsed.PutNew(id+" "+code, struct{}{}, o.Now().Add(2*time.Minute)) {
		return false
	}
	o.update(id, func(p *Person) { p.TOTPSecret, p.MustEnroll = secret, false })
	return true
}

// EnrollMail gives the person with the id codes by mail, if code answers the challenge.
func (o *Org) EnrollMail(entry Entry, challenge *Challenge, code string) bool {
	if !o.Answer(challenge, entry, code) {
		return false
	}
	o.update(entry.ID, func(p *Person) { p.MailCode, p.MustEnroll = true, false })
	return true
}

// CodeOf is what an authenticator app with a secret shows, or nothing if it is none.
func (o *Org) CodeOf(secret string) string {
	code, err := totp.GenerateCodeCustom(secret, o.Now(), totpOptions())
	if err != nil {
		return ""
	}
	return code
}
