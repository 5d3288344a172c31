package outside

import (
	"testing"
)

// FuzzParseEvents holds that no delivery makes the parser panic, and that each event has a
// name by which it is known again.
func FuzzParseEvents(f *testing.F) {
	for _, seed := range []string{
		`{"eventType":"com.okta.event_hook","data":{"events":[{"uuid":"a","eventType":"user.session.clear","outcome":{"result":"SUCCESS"},"target":[{"id":"00u","type":"User"}]}]}}`,
		`{"eventType":"com.okta.event_hook","data":{"events":[null,1,[],{"target":[null]},{"uuid":7}]}}`, `{"eventType":"x","data":{}}`, `{}`, `null`, `[`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := parseEvents(body)
		if err != nil && events != nil {
			t.Error("both events and an error")
		}
		for _, e := range events {
			people, why := e.people("0oaClient")
			if (len(people) == 0) != (why != "") {
				t.Errorf("%v and %q", people, why)
			}
			if e.action() != nothing && e.name() == "event without a uuid " {
				t.Error("an event without a name")
			}
		}
	})
}

// FuzzParseSubject holds that no body makes the parser panic, and that who is read is
// named in one way.
func FuzzParseSubject(f *testing.F) {
	for _, seed := range []string{
		`{"sub_id":{"format":"email","email":"ada@acme.test"}}`, `{"sub_id":{"format":"iss_sub","iss":"https://acme.okta.com","sub":"00u"}}`,
		`{"sub_id":{"format":"email","email":"ada@acme.test","sub":"00u","iss":"x"}}`, `{"sub_id":[]}`, `{"sub_id":{"format":"iss_sub","sub":"\u0000"}}`, `null`, `{}{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		who, err := parseSubject(body)
		if err != nil {
			return
		}
		byEmail, bySub := who.Email != "", who.Subject != "" && who.Issuer != ""
		if byEmail == bySub || byEmail != (who.Format == formatEmail) {
			t.Errorf("%+v", who)
		}
	})
}
