package operator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"text/tabwriter"
	"time"

	"example.com/okta-gin/auth"
)

// found are the sessions that were looked for, or an error in the end.
type found = iter.Seq2[auth.PersonSession, error]

// tableRows is how many rows are written at once, under each other.
const tableRows = 500

// answer is what an operator is told.
type answer interface {
	list(found found) error
	ended(subject, id string, atOkta bool) error
}

// textAnswer is for people.
type textAnswer struct {
	out    io.Writer
	person string
}

func text(out io.Writer, person string) answer { return textAnswer{out, person} }

// list writes as it reads: the list may be long.
func (a textAnswer) list(found found) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	rows := 0
	for s, err := range found {
		if err != nil {
			return errors.Join(err, table.Flush())
		}
		if rows == 0 {
			fmt.Fprintln(table, "ID\tSIGNED IN SINCE\tLAST SEEN\tADDRESS\tBROWSER")
		}
		if rows++; rows%tableRows == 0 {
			if err := table.Flush(); err != nil {
				return err
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.ID, moment(s.SignedInAt), moment(s.SeenAt), cmp.Or(s.Address, "-"), s.Browser)
	}
	if rows == 0 {
		_, err := fmt.Fprintf(a.out, "No session of %q is listed.\n", a.person)
		return err
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
type jsonAnswer struct{ out io.Writer }

func asJSON(out io.Writer) answer { return jsonAnswer{out} }

func (a jsonAnswer) encode(value any) error {
	encoder := json.NewEncoder(a.out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

type listedSession struct {
	ID         string    `json:"id"`
	Subject    string    `json:"sub"`
	Email      string    `json:"email"`
	Browser    string    `json:"browser"`
	Address    string    `json:"address,omitempty"` // with SESSION_SHOW_ADDRESS
	SignedInAt time.Time `json:"signed_in_at"`
	SeenAt     time.Time `json:"seen_at"`
	Ends       time.Time `json:"ends"`
}

// list writes as it reads. Where that fails, what is written is no JSON: nobody takes it
// for the whole list.
func (a jsonAnswer) list(found found) error {
	before := `{"sessions": [`
	for s, err := range found {
		if err != nil {
			return err
		}
		one, err := json.Marshal(listedSession{s.ID, s.Subject, s.Email, s.Browser, s.Address, s.SignedInAt.UTC(), s.SeenAt.UTC(), s.Ends.UTC()})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.out, "%s\n  %s", before, one); err != nil {
			return err
		}
		before = ","
	}
	if before != "," {
		_, err := io.WriteString(a.out, before+"]}\n")
		return err
	}
	_, err := io.WriteString(a.out, "\n]}\n")
	return err
}

func (a jsonAnswer) ended(subject, id string, atOkta bool) error {
	return a.encode(struct {
		Subject string `json:"sub"`
		ID      string `json:"id,omitempty"` // absent for all
		AtOkta  bool   `json:"at_okta"`
	}{subject, id, atOkta})
}
