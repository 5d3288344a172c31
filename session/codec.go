package session

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"example.com/okta-gin/session/internal/nanos"
	"example.com/okta-gin/session/internal/seal"
	"github.com/fxamacker/cbor/v2"
)

// Sessions and attempts are sealed as CBOR (RFC 8949), with numbers for the
// names of their fields. A new field takes a new number: older programs pass
// over it.
var (
	encoding = must(cbor.EncOptions{}.EncMode())

	// strict reads what encoding writes and little else. Texts need not be UTF-8:
	// people and providers send what they like.
	strict = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8DecodeInvalid,
		MaxNestedLevels:  4,
		MaxArrayElements: maxTokenParts,
		MaxMapPairs:      MaxData,
	}.DecMode())
)

func must[Mode any](mode Mode, err error) Mode {
	if err != nil {
		panic(err)
	}
	return mode
}

const (
	maxSession = 64 << 10 // bytes of CBOR

	// Longer values are compressed, which takes some 50 µs to write and 20 µs to read
	// and halves what travels with each request. Shorter ones have little in common
	// with themselves.
	compressAbove = 512 // bytes of CBOR

	formatPlain   = 0
	formatDeflate = 1 // RFC 1951
)

var errFormat = errors.New("session: unknown format")

// sealedSession is a Session as it is sealed.
type sealedSession struct {
	ID                []byte            `cbor:"1,keyasint"`
	Subject           string            `cbor:"2,keyasint"`
	Claims            []byte            `cbor:"3,keyasint"`
	IDToken           sealedToken       `cbor:"4,keyasint,omitzero"`
	AccessToken       sealedToken       `cbor:"5,keyasint,omitzero"`
	RefreshToken      sealedToken       `cbor:"6,keyasint,omitzero"`
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
	DPoPKey           sealedToken       `cbor:"17,keyasint,omitzero"`
}

// codec turns sessions into bytes and back. It is safe for concurrent use.
type codec struct {
	deflaters, inflaters sync.Pool
}

// encode returns ErrTooLarge for a session that no store should hold.
func (c *codec) encode(s *Session) ([]byte, error) {
	id, err := seal.DecodeBase64(s.ID)
	if err != nil {
		return nil, fmt.Errorf("encode session: its ID is none of ours: %w", err)
	}
	b, err := encoding.Marshal(sealedSession{
		ID: id, Subject: s.Subject, Claims: s.Claims,
		IDToken: sealToken(s.IDToken), AccessToken: sealToken(s.AccessToken), RefreshToken: sealToken(s.RefreshToken),
		AccessTokenExpiry: nanos.Of(s.AccessTokenExpiry), SignedInAt: nanos.Of(s.SignedInAt), SeenAt: nanos.Of(s.SeenAt), EndsAt: nanos.Of(s.EndsAt),
		OktaSession: s.OktaSession, Data: s.Data, Email: s.Email, ClaimsAt: nanos.Of(s.ClaimsAt), Browser: s.Browser, Address: s.Address, DPoPKey: sealToken(s.DPoPKey),
	})
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	if len(b) > maxSession {
		return nil, fmt.Errorf("%w: %d bytes, no store takes more than %d", ErrTooLarge, len(b), maxSession)
	}
	return c.pack(b)
}

func (c *codec) decode(packed []byte) (*Session, error) {
	b, err := c.unpack(packed)
	if err != nil {
		return nil, err
	}
	var s sealedSession
	if err := strict.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	return &Session{
		ID: base64.RawURLEncoding.EncodeToString(s.ID), Subject: s.Subject, Claims: s.Claims,
		IDToken: s.IDToken.open(), AccessToken: s.AccessToken.open(), RefreshToken: s.RefreshToken.open(),
		AccessTokenExpiry: nanos.Time(s.AccessTokenExpiry), SignedInAt: nanos.Time(s.SignedInAt), SeenAt: nanos.Time(s.SeenAt), EndsAt: nanos.Time(s.EndsAt),
		OktaSession: s.OktaSession, Data: s.Data, Email: s.Email, ClaimsAt: nanos.Time(s.ClaimsAt), Browser: s.Browser, Address: s.Address, DPoPKey: s.DPoPKey.open(),
	}, nil
}

// sealedToken is a text that is mostly base64url between dots, such as a JWT, with
// what that stands for: shorter, and the claims in it are like those beside it, which
// compression finds.
type sealedToken struct {
	Parts [][]byte `cbor:"1,keyasint,omitempty"`
	Text  string   `cbor:"2,keyasint,omitempty"` // where it is something else
}

const maxTokenParts = 16

func sealToken(text string) sealedToken {
	if text == "" {
		return sealedToken{}
	}
	texts := strings.Split(text, ".")
	if len(texts) > maxTokenParts {
		return sealedToken{Text: text}
	}
	parts := make([][]byte, len(texts))
	for i, part := range texts {
		var err error
		if parts[i], err = seal.DecodeBase64(part); err != nil {
			return sealedToken{Text: text}
		}
	}
	return sealedToken{Parts: parts}
}

func (t sealedToken) open() string {
	if len(t.Parts) == 0 {
		return t.Text
	}
	texts := make([]string, len(t.Parts))
	for i, part := range t.Parts {
		texts[i] = base64.RawURLEncoding.EncodeToString(part)
	}
	return strings.Join(texts, ".")
}

// pack returns a byte that names the format, and b, compressed where that pays.
func (c *codec) pack(b []byte) ([]byte, error) {
	if len(b) > compressAbove {
		deflated, err := c.deflate(b)
		if err != nil || len(deflated) < len(b) {
			return deflated, err
		}
	}
	return append([]byte{formatPlain}, b...), nil
}

func (c *codec) unpack(b []byte) ([]byte, error) {
	switch {
	case len(b) == 0:
		return nil, errFormat
	case b[0] == formatPlain:
		return b[1:], nil
	case b[0] == formatDeflate:
		return c.inflate(b[1:])
	default:
		return nil, errFormat
	}
}

func (c *codec) deflate(b []byte) ([]byte, error) {
	deflated := bytes.NewBuffer([]byte{formatDeflate})
	w, ok := c.deflaters.Get().(*flate.Writer)
	if ok {
		w.Reset(deflated)
	} else {
		w, _ = flate.NewWriter(deflated, flate.DefaultCompression) // fails on unknown levels only
	}
	_, err := w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	c.deflaters.Put(w)
	return deflated.Bytes(), nil
}

func (c *codec) inflate(b []byte) ([]byte, error) {
	source := bytes.NewReader(b)
	r, ok := c.inflaters.Get().(io.Reader)
	if ok {
		_ = r.(flate.Resetter).Reset(source, nil) // its readers never fail here
	} else {
		r = flate.NewReader(source)
	}
	inflated := bytes.NewBuffer(make([]byte, 0, 3*len(b)))
	if _, err := inflated.ReadFrom(io.LimitReader(r, maxSession)); err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	c.inflaters.Put(r)
	return inflated.Bytes(), nil
}

func isObject(b json.RawMessage) bool {
	return json.Valid(b) && bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
}
