package doctor

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/oktahttp"
)

// reply is what came back of a request: an answer, or why there is none.
type reply struct {
	answer *http.Response // nil without an answer; its body is read
	body   []byte
	err    error
	at     time.Time // by our clock, halfway
}

// status is the answer's, 0 without one.
func (r reply) status() int {
	if r.answer == nil {
		return 0
	}
	return r.answer.StatusCode
}

func (r reply) header(name string) string {
	if r.answer == nil {
		return ""
	}
	return r.answer.Header.Get(name)
}

// headerSize is that of the answer's headers in bytes, 0 without an answer.
func (r reply) headerSize() (size int) {
	if r.answer == nil {
		return 0
	}
	for name, values := range r.answer.Header {
		for _, value := range values {
			size += len(name) + len(": \r\n") + len(value)
		}
	}
	return size
}

// refusal is the OAuth error in the answer, of an empty code if there is none.
func (r reply) refusal() *okta.Refusal {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if oktahttp.DecodeJSON(r.body, &said) != nil {
		return okta.NewRefusal("", "")
	}
	return okta.NewRefusal(said.Error, said.Description)
}

// page reads an HTML answer: its text, and the fields of its forms.
func (r reply) page() (text string, fields url.Values) {
	fields = url.Values{}
	root, err := html.Parse(strings.NewReader(string(r.body)))
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
