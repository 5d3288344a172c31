package keptform

import (
	"bufio"
	"io"
	"net/http"
	"strings"
)

// marker is the first field of what the button sends: the name of the form.
const marker = "okta_kept_form"

const maxName = 64 // bytes of a form's name

// confirmed returns the name of the form that r is to send, where r is what the button
// sends. It leaves the body as it was.
func confirmed(r *http.Request) (name string, ok bool) {
	if r.Method != http.MethodPost || mediaType(r.Header.Get("Content-Type")) != urlencoded {
		return "", false
	}
	if r.PostForm != nil { // something before us has read it
		name = r.PostForm.Get(marker)
		return name, name != "" && len(name) <= maxName
	}
	if r.Body == nil {
		return "", false
	}
	buffered := bufio.NewReaderSize(r.Body, len(marker)+1+maxName+1)
	r.Body = struct {
		io.Reader
		io.Closer
	}{buffered, r.Body}
	begin, _ := buffered.Peek(buffered.Size()) // less where the body ends, or can't be read: its reader will see
	rest, found := strings.CutPrefix(string(begin), marker+"=")
	name, _, _ = strings.Cut(rest, "&")
	return name, found && name != "" && len(name) <= maxName
}
