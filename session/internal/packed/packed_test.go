package packed_test

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"example.com/okta-gin/session/internal/packed"
)

type value struct {
	Bytes []byte `cbor:"1,keyasint"`
}

// deflated returns value as Pack writes what it compresses, however large.
func deflated(t *testing.T, v value) []byte {
	t.Helper()
	b, err := packed.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.NewBuffer([]byte{1})
	w, err := flate.NewWriter(out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestWhatIsTooLargeIsNotRead: a few bytes can't become many, and nothing is packed that
// could not be read.
func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	var p packed.Packer
	for size, fits := range map[int]bool{packed.Max / 2: true, 2 * packed.Max: false, 200 * packed.Max: false} {
		v, got := value{bytes.Repeat([]byte("a"), size)}, value{}
		if err := p.Unpack(deflated(t, v), &got); (err == nil) != fits {
			t.Errorf("Unpack %d bytes: %v", size, err)
		}
		if _, err := p.Pack(v); errors.Is(err, packed.ErrTooLarge) == fits {
			t.Errorf("Pack %d bytes: %v", size, err)
		}
	}
}

func TestUnpackRefuses(t *testing.T) {
	t.Parallel()
	var p packed.Packer
	for _, b := range []string{"", "\x00", "\x01", "\x02", "\x02\xa0", "\x02\x04\xff", "\x02\xff\xff\xff\xff\x0f", "\x03\xa0", "\x00\xa1\x0c\xb9\xff\xff", "\x00\xa2\x01\x41a\x01\x41b"} {
		if err := p.Unpack([]byte(b), &value{}); err == nil {
			t.Errorf("%q was read", b)
		}
	}
}

// TestBytesComeBack: in each of the formats.
func TestBytesComeBack(t *testing.T) {
	t.Parallel()
	var p packed.Packer
	for size, format := range map[int]byte{1: 0, 500: 0, 600: 2, 4000: 2, 5000: 1, packed.Max - 10: 1} {
		for name, want := range map[string][]byte{"alike": bytes.Repeat([]byte("a"), size), "random": random(size)} {
			b, err := p.Pack(value{want})
			if err != nil || b[0] != format || len(b) > size+size/8+20 {
				t.Fatalf("Pack %d %s bytes: format %d, %d bytes, %v", size, name, b[0], len(b), err)
			}
			got := value{}
			if err := p.Unpack(b, &got); err != nil || !bytes.Equal(got.Bytes, want) {
				t.Errorf("%d %s bytes came back as %d: %v", size, name, len(got.Bytes), err)
			}
		}
	}
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b)
	return b
}

// TestToken: any text comes back, and a JWT takes three quarters of its length.
func TestToken(t *testing.T) {
	t.Parallel()
	jwt := strings.Repeat("YWJj", 100) + "." + strings.Repeat("ZGVm", 100) + ".c2ln"
	for _, text := range []string{"", ".", "..", "a", "YQ", "YQ==", "YQ.YQ", "\xff", "YQ\n", strings.Repeat(".", 100), jwt} {
		if got := packed.NewToken(text).String(); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	b, err := packed.Marshal(packed.NewToken(jwt))
	if err != nil || len(b) > len(jwt)*3/4+20 {
		t.Errorf("%d bytes of %d, %v", len(b), len(jwt), err)
	}
}
