package session

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"example.com/okta-gin/session/internal/nanos"
	"example.com/okta-gin/session/internal/packed"
	"example.com/okta-gin/session/internal/seal"
)

// sealedSession is a Session as it is sealed.
type sealedSession struct {
	ID                []byte            `cbor:"1,keyasint"`
	Subject           string            `cbor:"2,keyasint"`
	Claims            []byte            `cbor:"3,keyasint"`
	IDToken           packed.Token      `cbor:"4,keyasint,omitzero"`
	AccessToken       packed.Token      `cbor:"5,keyasint,omitzero"`
	RefreshToken      packed.Token      `cbor:"6,keyasint,omitzero"`
	AccessTokenExpiry int64             `cbor:"7,keyasint,omitempty"`
	SignedInAt        int64             `cbor:"8,keyasint"`
	SeenAt            int64             `cbor:"9,keyasint"`
	EndsAt            int64             `cbor:"10,keyasint"`
	OktaSession       string            `cbor:"11,keyasint,omitempty"`
	Data              map[string]string `cbor:"12,keyasint,omitempty"`
	Email             string            `cbor:"13,keyasint,omitempty"`
	ClaimsAt          int64             `cbor:"14,keyasint,omitempty"`
	Browser           string            `cbor:"15,keyasint,omitempty"`
	Address           string            `cbor:"16,keyasint,omitempty"`
	DPoPKey           packed.Token      `cbor:"17,keyasint,omitzero"`
}

// codec turns sessions into bytes and back. It is safe for concurrent use.
type codec struct {
	packer packed.Packer
}

// encode returns ErrTooLarge for a session that no store should hold.
func (c *codec) encode(s *Session) ([]byte, error) {
	id, err := seal.DecodeBase64(s.ID)
	if err != nil {
		return nil, fmt.Errorf("encode session: its ID is none of ours: %w", err)
	}
	b, err := c.packer.Pack(sealedSession{
		ID: id, Subject: s.Subject, Claims: s.Claims,
		IDToken: packed.NewToken(s.IDToken), AccessToken: packed.NewToken(s.AccessToken), RefreshToken: packed.NewToken(s.RefreshToken),
		AccessTokenExpiry: nanos.Of(s.AccessTokenExpiry), SignedInAt: nanos.Of(s.SignedInAt), SeenAt: nanos.Of(s.SeenAt), EndsAt: nanos.Of(s.EndsAt),
		OktaSession: s.OktaSession, Data: s.Data, Email: s.Email, ClaimsAt: nanos.Of(s.ClaimsAt), Browser: s.Browser, Address: s.Address, DPoPKey: packed.NewToken(s.DPoPKey),
	})
	switch {
	case errors.Is(err, packed.ErrTooLarge):
		return nil, fmt.Errorf("%w for any store: %w", ErrTooLarge, err)
	case err != nil:
		return nil, fmt.Errorf("encode session: %w", err)
	default:
		return b, nil
	}
}

func (c *codec) decode(b []byte) (*Session, error) {
	var s sealedSession
	if err := c.packer.Unpack(b, &s); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	return &Session{
		ID: base64.RawURLEncoding.EncodeToString(s.ID), Subject: s.Subject, Claims: s.Claims,
		IDToken: s.IDToken.String(), AccessToken: s.AccessToken.String(), RefreshToken: s.RefreshToken.String(),
		AccessTokenExpiry: nanos.Time(s.AccessTokenExpiry), SignedInAt: nanos.Time(s.SignedInAt), SeenAt: nanos.Time(s.SeenAt), EndsAt: nanos.Time(s.EndsAt),
		OktaSession: s.OktaSession, Data: s.Data, Email: s.Email, ClaimsAt: nanos.Time(s.ClaimsAt), Browser: s.Browser, Address: s.Address, DPoPKey: s.DPoPKey.String(),
	}, nil
}

func isObject(b json.RawMessage) bool {
	return json.Valid(b) && bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
}
