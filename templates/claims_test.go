package templates_test

import (
	"encoding/json"
	"io"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"example.com/okta-gin/templates"
)

func TestClaimValues(t *testing.T) {
	t.Parallel()
	english := texts(t).English()
	type c = templates.Claim
	long := strings.Repeat("x", 10_000)
	tests := []struct {
		name  string
		claim string
		value any
		want  c // of the fields that say the value
	}{
		{"text", "email", "ada@acme.test", c{Text: "ada@acme.test"}},
		{"time", "exp", float64(1790003600), c{Text: "21 September 2026, 15:13:20 UTC", Raw: "1790003600", DateTime: "2026-09-21T15:13:20Z"}},
		{"time as json.Number", "auth_time", json.Number("1789999990"), c{Text: "21 September 2026, 14:13:10 UTC", Raw: "1789999990", DateTime: "2026-09-21T14:13:10Z"}},
		{"time as uint64", "iat", uint64(1), c{Text: "1 January 1970, 00:00:01 UTC", Raw: "1", DateTime: "1970-01-01T00:00:01Z"}},
		{"time with a fraction", "nbf", 1.5, c{Text: "1 January 1970, 00:00:01 UTC", Raw: "1.5", DateTime: "1970-01-01T00:00:01Z"}},
		{"time out of range", "exp", 1e300, c{Text: "1e+300"}},
		{"time before 1970", "exp", float64(-5), c{Text: "-5"}},
		{"time that is none", "exp", math.NaN(), c{Text: "NaN"}},
		{"time as text", "exp", "soon", c{Text: "soon"}},
		{"a number that is no time", "ver", float64(1), c{Text: "1"}},
		{"a large number", "quota", float64(1790003600), c{Text: "1790003600"}},
		{"int", "quota", 7, c{Text: "7"}},
		{"int64", "quota", int64(-7), c{Text: "-7"}},
		{"yes", "email_verified", true, c{Text: "Yes", Raw: "true"}},
		{"no", "email_verified", false, c{Text: "No", Raw: "false"}},
		{"null", "nickname", nil, c{Text: "none"}},
		{"list", "groups", []any{"A", json.Number("2"), true}, c{Items: []string{"A", "2", "true"}}},
		{"list of strings", "groups", []string{"A", "B"}, c{Items: []string{"A", "B"}}},
		{"empty list", "groups", []any{}, c{Text: "none"}},
		{"methods", "amr", []any{"pwd", "odd"}, c{Items: []string{"password (pwd)", "odd"}}},
		{"list of objects", "roles", []any{map[string]any{"a": 1.0}}, c{Text: "[\n  {\n    \"a\": 1\n  }\n]", Block: true}},
		{"object", "address", map[string]any{"country": "<GB>"}, c{Text: "{\n  \"country\": \"<GB>\"\n}", Block: true}},
		{"no JSON form", "address", map[any]any{"a": 1}, c{Text: "map[a:1]", Block: true}},
		{"long", "bio", long, c{Text: long, Block: true}},
		{"web address", "website", "https://ada.example/", c{Text: "https://ada.example/", Link: true}},
		{"a script as address", "website", "javascript:alert(1)", c{Text: "javascript:alert(1)"}},
		{"data as address", "picture", "data:text/html,x", c{Text: "data:text/html,x"}},
		{"no address", "profile", "https://\x7f", c{Text: "https://\x7f"}},
		{"an address elsewhere", "bio", "https://ada.example/", c{Text: "https://ada.example/"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows := templates.DescribeClaims(english, map[string]any{test.claim: test.value})
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			got := rows[0]
			if got.Name != test.claim || got.ID != "claim-"+test.claim || got.Meaning == "" || got.Section == "" {
				t.Errorf("row %+v", got)
			}
			value := c{Text: got.Text, Raw: got.Raw, DateTime: got.DateTime, Items: got.Items, Link: got.Link, Block: got.Block}
			if !reflect.DeepEqual(value, test.want) {
				t.Errorf("value %+v, want %+v", value, test.want)
			}
		})
	}
}

func TestClaimOrder(t *testing.T) {
	t.Parallel()
	english := texts(t).English()
	claims := map[string]any{
		"zebra": 1, "apple": 2, "iss": "i", "exp": 5, "groups": []any{"g"}, "email": "e", "name": "n", "sub": "s", "amr": []any{"pwd"},
	}
	for range 20 {
		var got []string
		for _, claim := range templates.DescribeClaims(english, claims) {
			if claim.Section != "" {
				got = append(got, "["+claim.Section+"]")
			}
			got = append(got, claim.Name)
		}
		want := "[Who you are] sub name [How to reach you] email [Groups and access] groups [This sign-in] amr [Technical] iss exp [Other claims] apple zebra"
		if strings.Join(got, " ") != want {
			t.Fatalf("order %q, want %q", got, want)
		}
	}
}

func TestClaimIDs(t *testing.T) {
	t.Parallel()
	english := texts(t).English()
	claims := map[string]any{"email": 1, "e mail": 1, "e-mail": nil, "é mail": 1, "e<mail": 1, "x y": 1, "x<y": 1, "": 1, " ": 1, strings.Repeat("k", 3000): 1, "https://acme.test/roles": 1}
	ids := map[string]string{}
	for _, claim := range templates.DescribeClaims(english, claims) {
		ids[claim.Name] = claim.ID
	}
	checkIDs(t, templates.DescribeClaims(english, claims))
	for name, want := range map[string]string{"email": "claim-email", "e-mail": "claim-e-mail", "https://acme.test/roles": "claim-https---acme-test-roles"} {
		if ids[name] != want {
			t.Errorf("%q has the id %q, want %q", name, ids[name], want)
		}
	}
}

var validID = regexp.MustCompile(`^claim-[A-Za-z0-9_-]{0,100}$`)

func checkIDs(t *testing.T, claims []templates.Claim) {
	t.Helper()
	seen := map[string]bool{}
	for _, claim := range claims {
		if !validID.MatchString(claim.ID) || seen[claim.ID] {
			t.Errorf("claim %q has the id %q", claim.Name, claim.ID)
		}
		seen[claim.ID] = true
	}
}

func FuzzDescribeClaims(f *testing.F) {
	english := texts(f).English()
	for _, seed := range []string{
		`{}`, `{"sub":"00u1","exp":1790003600,"email_verified":true,"groups":["A","B"],"address":{"country":"GB"}}`,
		`{"":null,"a b":[[1]],"a-b":1e999,"<script>":"</td><script>","website":"JavaScript:alert(1)"}`,
		`{"exp":-1,"iat":1e18,"auth_time":"x","nbf":0.1}`, `{"amr":[{}],"picture":"//x","profile":"https://x\u0000"}`,
	} {
		f.Add([]byte(seed))
	}
	pages := parse(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var claims map[string]any
		decoder := json.NewDecoder(strings.NewReader(string(data)))
		decoder.UseNumber()
		if decoder.Decode(&claims) != nil {
			return
		}
		rows := templates.DescribeClaims(english, claims)
		if len(rows) != len(claims) {
			t.Fatalf("%d rows for %d claims", len(rows), len(claims))
		}
		checkIDs(t, rows)
		checkSound(t, render(t, pages, templates.Profile{Claims: shown(t, claims, string(data))}))
	})
}

func BenchmarkProfile(b *testing.B) {
	english := texts(b).English()
	pages := parse(b)
	claims := map[string]any{
		"sub": "00u9mockAdaLove1a5d7", "name": "Ada Lovelace", "email": "ada@acme.test", "email_verified": true, "ver": 1.0,
		"iss": "https://acme.okta.com/oauth2/default", "aud": "0oa7mockWebC1ient5d7", "iat": 1790000000.0, "exp": 1790003600.0,
		"jti": "ID.Zr0c", "amr": []any{"pwd", "mfa", "otp"}, "idp": "00o1mockOrgId00005d7", "preferred_username": "ada@acme.test",
		"auth_time": 1789999990.0, "at_hash": "0123456789012345678901", "groups": []any{"Everyone", "Admins"},
	}
	b.Run("describe", func(b *testing.B) {
		for b.Loop() {
			templates.DescribeClaims(english, claims)
		}
	})
	page := templates.Profile{
		Base:   templates.Base{Person: &templates.Person{Name: "Ada Lovelace", Email: "ada@acme.test", Initials: "AL"}},
		Claims: shown(b, claims, `{"sub":"00u9mockAdaLove1a5d7"}`), Session: session,
	}
	b.Run("render", func(b *testing.B) {
		for b.Loop() {
			if err := pages.Render(io.Discard, page); err != nil {
				b.Fatal(err)
			}
		}
	})
}
