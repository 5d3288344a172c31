package operator

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"example.com/okta-gin/auth"
)

// answer is what an operator is told.
type answer interface {
	list(found []auth.PersonSession) error
	ended(subject, id string, atOkta bool) error
}

// textAnswer is for people.
type textAnswer struct {
	out    io.Writer
	person string
}

func text(out io.Writer, person string) answer { return textAnswer{out, person} }

func (a textAnswer) list(found []auth.PersonSession) error {
	if len(found) == 0 {
		_, err := fmt.Fprintf(a.out, "No session of %q is listed.\n", a.person)
		return err
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSIGNED IN SINCE\tLAST SEEN\tBROWSER")
	for _, s := range found {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.ID, moment(s.SignedInAt), moment(s.SeenAt), s.Browser)
	}
	return table.Flush()
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (a textAnswer) ended(_, id string, atOkta bool) error {
	sentence := "All sessions of %q are over here, not at Okta.\n"
	switch {
	case id != "":
		sentence = "One session of %q is over.\n"
	case atOkta:
		sentence = "All sessions of %q are over, here and at Okta.\n"
	}
	_, err := fmt.Fprintf(a.out, sentence, a.person)
	return err
}

// jsonAnswer is for programs: one object.
type jsonAnswer struct{ out *json.Encoder }

func asJSON(out io.Writer) answer {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return jsonAnswer{encoder}
}

type listedSession struct {
	ID         string    `json:"id"`
	Subject    string    `json:"sub"`
	Email      string    `json:"email"`
	Browser    string    `json:"browser"`
	SignedInAt time.Time `json:"signed_in_at"`
	SeenAt     time.Time `json:"seen_at"`
	Ends       time.Time `json:"ends"`
}

func (a jsonAnswer) list(found []auth.PersonSession) error {
	listed := make([]listedSession, 0, len(found))
	for _, s := range found {
		listed = append(listed, listedSession{s.ID, s.Subject, s.Email, s.Browser, s.SignedInAt.UTC(), s.SeenAt.UTC(), s.Ends.UTC()})
	}
	return a.out.Encode(struct {
		Sessions []listedSession `json:"sessions"`
	}{listed})
}

func (a jsonAnswer) ended(subject, id string, atOkta bool) error {
	return a.out.Encode(struct {
		Subject string `json:"sub"`
		ID      string `json:"id,omitempty"` // absent for all
		AtOkta  bool   `json:"at_okta"`
	}{subject, id, atOkta})
}
