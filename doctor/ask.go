package doctor

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/oktahttp"
)

// maxSaid bounds what is quoted of an answer, in runes.
const maxSaid = 300

// ask gets address, with headers: names and values in turn.
func (e *examiner) ask(ctx context.Context, address string, headers ...string) first {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return first{err: err}
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return e.send(request)
}

func (e *examiner) send(request *http.Request) first {
	var f first
	began := e.now()
	answer, err := e.http.Do(request)
	if err != nil {
		f.err = err
		return f
	}
	defer answer.Body.Close()
	f.body, f.err = io.ReadAll(io.LimitReader(answer.Body, oktahttp.MaxBody))
	f.answer, f.at = answer, began.Add(e.now().Sub(began)/2)
	return f
}

// status is the answer's, 0 without one.
func (f first) status() int {
	if f.answer == nil {
		return 0
	}
	return f.answer.StatusCode
}

// refusal is the OAuth error in the answer, of an empty code if there is none.
func (f first) refusal() *okta.Refusal {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if oktahttp.DecodeJSON(f.body, &said) != nil {
		return okta.NewRefusal("", "")
	}
	return okta.NewRefusal(said.Error, said.Description)
}

// page reads an HTML answer: its text, and the fields of its forms.
func (f first) page() (text string, fields url.Values) {
	fields = url.Values{}
	root, err := html.Parse(strings.NewReader(string(f.body)))
	if err != nil {
		return "", fields
	}
	var words strings.Builder
	for node := range root.Descendants() {
		switch {
		case node.Type == html.TextNode && node.Parent.Data != "script" && node.Parent.Data != "style":
			words.WriteString(node.Data + " ")
		case node.Type == html.ElementNode && node.Data == "input":
			fields.Add(attribute(node, "name"), attribute(node, "value"))
		}
	}
	return plain(words.String()), fields
}

func attribute(node *html.Node, name string) string {
	for _, each := range node.Attr {
		if each.Key == name {
			return each.Val
		}
	}
	return ""
}

// plain returns somebody else's text on one line, of maxSaid runes at most, without
// what steers a terminal.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxSaid {
		return string(runes[:maxSaid]) + "…"
	}
	return string(runes)
}

// rounded is a length of time as people read it.
func rounded(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }
