package session

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// Sessions and attempts are sealed as CBOR (RFC 8949), with numbers for the
// names of their fields. A new field takes a new number: older programs pass
// over it.
var (
	encoding = must(cbor.EncOptions{Time: cbor.TimeRFC3339NanoUTC}.EncMode())

	// strict reads what encoding writes and little else.
	strict = must(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  4,
		MaxArrayElements: 16,
		MaxMapPairs:      32,
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

	// Longer sessions are compressed: a hundred groups, in the claims and again in
	// the ID token, shrink to a quarter and keep the request below the 8 KB of
	// headers that many proxies accept. That costs their reader about as much as it
	// saves in base64 and decryption. Shorter sessions are faster as they are.
	compressAbove = 4 << 10 // bytes of CBOR

	formatPlain   = 0
	formatDeflate = 1 // RFC 1951
)

var errFormat = errors.New("session: unknown format")

// codec turns sessions into bytes and back. It is safe for concurrent use.
type codec struct {
	deflaters, inflaters sync.Pool
}

// encode returns ErrTooLarge for a session that no store should hold.
func (c *codec) encode(s *Session) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte(formatPlain)
	if err := encoding.NewEncoder(&b).Encode(s); err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	if b.Len() > maxSession {
		return nil, fmt.Errorf("%w: %d bytes, no store takes more than %d", ErrTooLarge, b.Len(), maxSession)
	}
	if b.Len() <= compressAbove {
		return b.Bytes(), nil
	}
	return c.deflate(b.Bytes()[1:])
}

func (c *codec) decode(b []byte) (*Session, error) {
	if len(b) == 0 {
		return nil, errFormat
	}
	switch b[0] {
	case formatPlain:
		b = b[1:]
	case formatDeflate:
		inflated, err := c.inflate(b[1:])
		if err != nil {
			return nil, err
		}
		b = inflated
	default:
		return nil, errFormat
	}
	s := new(Session)
	if err := strict.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("decode session: %w", err)
	}
	return s, nil
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
		return nil, fmt.Errorf("compress session: %w", err)
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
	inflated := bytes.NewBuffer(make([]byte, 0, 5*len(b)))
	if _, err := inflated.ReadFrom(io.LimitReader(r, maxSession)); err != nil {
		return nil, fmt.Errorf("decompress session: %w", err)
	}
	c.inflaters.Put(r)
	return inflated.Bytes(), nil
}

func isObject(b json.RawMessage) bool {
	return json.Valid(b) && bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{"))
}
