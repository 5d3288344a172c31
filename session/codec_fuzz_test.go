package session

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// FuzzSealedSession reads what somebody who has our key could seal: no panic, nothing
// huge, and what is a session stays one when it is sealed again.
func FuzzSealedSession(f *testing.F) {
	var c codec
	now := time.Unix(1767323045, 6789)
	for _, s := range []Session{
		{ID: randomID(), Subject: "00uann", Claims: json.RawMessage(`{}`), SignedInAt: now, SeenAt: now, EndsAt: now},
		{
			ID: randomID(), Subject: "00uann", Claims: json.RawMessage(`{"groups":["` + string(bytes.Repeat([]byte("a"), 2000)) + `"]}`),
			IDToken: "YQ.YQ.YQ", AccessToken: "opaque!", RefreshToken: randomID(), AccessTokenExpiry: now, SignedInAt: now, SeenAt: now, EndsAt: now,
			OktaSession: "102", Data: map[string]string{"a": "b", "": "\xff"},
		},
	} {
		packed, err := c.encode(&s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
		f.Add(packed[:len(packed)-1])
	}
	bomb, err := c.deflate(bytes.Repeat([]byte{0}, 10<<20))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bomb)
	f.Add([]byte{})
	f.Add([]byte{formatPlain})
	f.Add([]byte{formatDeflate})
	f.Add([]byte{2, 0xa0})
	f.Add([]byte("\x00\xa1\x0c\xb9\xff\xff"))         // a map of 65,535 pairs that don't come
	f.Add([]byte("\x00\xa1\x04\xa1\x01\x9a\xff\xff")) // an array that is cut off
	f.Fuzz(func(t *testing.T, packed []byte) {
		s, err := c.decode(packed)
		if err != nil {
			return
		}
		again, err := c.encode(s)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		same, err := c.decode(again)
		if err != nil || !reflect.DeepEqual(s, same) {
			t.Fatalf("%+v came back as %+v, %v", s, same, err)
		}
	})
}

// TestWhatIsTooLargeIsNotRead: a few bytes can't become many.
func TestWhatIsTooLargeIsNotRead(t *testing.T) {
	t.Parallel()
	var c codec
	for size, want := range map[int]bool{maxSession / 2: true, 2 * maxSession: false} {
		b, err := encoding.Marshal(sealedSession{Claims: bytes.Repeat([]byte("a"), size)})
		if err != nil {
			t.Fatal(err)
		}
		packed, err := c.pack(b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.decode(packed); (err == nil) != want {
			t.Errorf("%d bytes in %d: %v", size, len(packed), err)
		}
	}
}
