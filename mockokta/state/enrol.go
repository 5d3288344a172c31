package state

import (
	"bytes"
	"cmp"
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

// OfferTOTP makes a secret for the authenticator app of the person with the id. TOTPCode tells its codes already.
func (o *Org) OfferTOTP(id string) (secret string) {
	var b [20]byte
	rand.Read(b[:])
	secret = base32.StdEncoding.EncodeToString(b[:])
	o.offered.Put(id, secret, o.Now().Add(offerLifetime))
	return secret
}

// offerLifetime is how long a secret waits to be set up.
const offerLifetime = time.Hour

// TOTPSecret is what the authenticator app of a person has, or is about to have; nothing without one.
func (o *Org) TOTPSecret(p Person) string {
	offered, _ := o.offered.Get(p.ID)
	return cmp.Or(p.TOTPSecret, offered)
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
