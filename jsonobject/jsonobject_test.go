package jsonobject_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"example.com/okta-gin/jsonobject"
)

const claims = `{"acr":"urn:okta:loa:1fa:any","amr":["mfa","otp","pwd"],"aud":"0oa1234567890abcdefg","auth_time":1789654321,` +
	`"email":"ada@example.com","email_verified":true,"exp":1789654321,"family_name":"Lovelace","given_name":"Ada",` +
	`"groups":["Everyone","Admins"],"iat":1789654321,"iss":"https://acme.okta.com/oauth2/default","locale":"en_US",` +
	`"name":"Ada Lovelace","nonce":"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq","sub":"00u1234567890","ver":1,"address":{"country":"GB"}}`

// documents are of every kind of value, and of all that is amiss with one.
var documents = []string{
	claims, `{}`, " \t\r\n{ \"a\" : [ ] , \"b\" : { } } \n", `{"":""}`, `{"a":[1,[2,[]],{"b":null}],"c":true,"d":false}`,
	`{"a":1,"a":2}`, `{"a":{"b":1},"a":{"c":2}}`, `{"a":1,"\u0061":2,"A":3}`, `{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83d"}`, `{"\\":"\\","\"":"}"}`,
	"{\"a\xff\":\"\xc3\x28\",\"é\":\"日本\u2028\"}", `{"a":-0.10e+5,"b":281674916028284931,"c":1e400}`, `{"a":` + strings.Repeat("9", 40) + `}`,
	``, ` `, `null`, `[]`, `"a"`, `1`, `{}{}`, `{} x`, `{"a":01}`, `{"a":1,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":"` + "\n" + `"}`, `{"a":"\x"}`, `{"a`, "\ufeff{}",
	strings.Repeat("[", 1_000_000), `{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, `{"a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`,
}

// decoded is what encoding/json makes of document.
func decoded(document []byte) (members map[string]any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	if decoder.Decode(&members) != nil || members == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return members, err == io.EOF
}

func hold(t *testing.T, document []byte) {
	t.Helper()
	want, ok := decoded(document)
	got, err := jsonobject.Decode(document)
	if (err == nil) != ok || ok && !reflect.DeepEqual(got, want) {
		t.Errorf("%.200q: got %v, %v, want %v", document, got, err, want)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, document := range documents {
		hold(t, []byte(document))
	}
}

func FuzzDecode(f *testing.F) {
	for _, document := range documents {
		if len(document) < 1000 {
			f.Add([]byte(document))
		}
	}
	f.Fuzz(hold)
}

// BenchmarkDecode is beside what decoded takes.
func BenchmarkDecode(b *testing.B) {
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonobject.Decode([]byte(claims)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("json.Decoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := decoded([]byte(claims)); !ok {
				b.Fatal("not decoded")
			}
		}
	})
}
