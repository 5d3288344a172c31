package session

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"example.com/okta-gin/session/internal/seal"
)

// FuzzSealedSession reads what somebody who has our key could seal: no panic, nothing
// huge, and what is a session stays one when it is sealed again.
func FuzzSealedSession(f *testing.F) {
	var c codec
	now := time.Unix(1767323045, 6789)
	for _, s := range []Session{
		{ID: seal.RandomID(), Subject: "00uann", Claims: json.RawMessage(`{}`), SignedInAt: now, SeenAt: now, EndsAt: now},
		{
			ID: seal.RandomID(), Subject: "00uann", Claims: json.RawMessage(`{"groups":["` + string(bytes.Repeat([]byte("a"), 2000)) + `"]}`),
			IDToken: "YQ.YQ.YQ", AccessToken: "opaque!", RefreshToken: seal.RandomID(), AccessTokenExpiry: now, SignedInAt: now, SeenAt: now, EndsAt: now,
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
	f.Add([]byte{})
	f.Add([]byte{0})
	f.Add([]byte{1})
	f.Add([]byte{3, 0xa0})
	f.Add([]byte{2, 0xff, 0xff, 0xff, 0xff, 0x0f})    // four gigabytes that don't come
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
