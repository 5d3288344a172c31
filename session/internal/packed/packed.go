// Package packed turns values into few bytes and back: CBOR (RFC 8949), compressed where
// that pays. Its types have numbers for the names of their fields. A new field takes a
// new number: older programs pass over it.
package packed

import (
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

const (
	// Max is how many bytes of CBOR a value may have.
	Max = 64 << 10

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
	packed, err := p.compress(b)
	if err != nil {
		return nil, fmt.Errorf("compress %d bytes: %w", len(b), err)
	}
	return packed, nil
}

// Unpack reads what Pack returned into value, a pointer. It reads no more than Max
// bytes, few though they may come from.
func (p *Packer) Unpack(packed []byte, value any) error {
	b, err := p.decompress(packed)
	if err != nil {
		return fmt.Errorf("decompress %d bytes: %w", len(packed), err)
	}
	return strict.Unmarshal(b, value)
}
