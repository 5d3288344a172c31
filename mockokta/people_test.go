package mockokta_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestSamplePeople(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	people := org.People()
	if len(people) != 17 || len(people[11].Groups) != 120 {
		t.Fatalf("people %v", people)
	}
	for _, p := range people {
		short, _, _ := strings.Cut(p.Login, "@")
		if want := "correct-horse-" + short; len(p.ID) != 20 || p.Password != want && p.Status != "PROVISIONED" {
			t.Errorf("%s: id %q, password %q", p.Login, p.ID, p.Password)
		}
		if p.Note == "" {
			t.Errorf("nothing says what %s is for", p.Login)
		}
		seen := map[string]bool{}
		for _, group := range p.Groups {
			if seen[group] {
				t.Errorf("%s is twice in %s", p.Login, group)
			}
			seen[group] = true
		}
	}
	people[0].Groups[0] = "changed"
	if org.People()[0].Groups[0] != "Everyone" {
		t.Error("People gives its own slices away")
	}
	org.AddPerson(mockokta.Person{Login: "new@acme.test", Password: "p", Assigned: true})
	added := org.People()[17]
	if len(added.ID) != 20 || added.Email != "new@acme.test" || added.Status != "ACTIVE" {
		t.Errorf("added %+v", added)
	}
}
