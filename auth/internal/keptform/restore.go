package keptform

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
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

// Restore makes of the button's request what was kept, if c's request is that: for the
// person with that subject, who may pass. Whatever is answered, a form is given out once.
// Errors are problems, and session.ErrUnavailable.
func (k *Keeper) Restore(c *gin.Context, subject string) error {
	r := c.Request
	if k == nil {
		return nil
	}
	name, ok := confirmed(r)
	if !ok {
		return nil
	}
	person := k.Forms.Person(subject)
	form, err := k.Forms.Find(r, name, person)
	if err != nil {
		return k.explain(name, err)
	}
	if form.Target != k.Links.Site.Asked(r) {
		return web.BadRequest("What was kept was for another page.")
	}
	if form, err = k.Forms.Take(c.Writer, r, name, person); err != nil {
		return k.explain(name, err)
	}
	k.Log.InfoContext(r.Context(), "kept form sent by its person", "request_id", web.RequestID(c), "route", c.FullPath(), "bytes", len(form.Body))
	replace(r, form.ContentType, form.Body)
	return nil
}

// replace gives r another body. What has been read of the old one is forgotten.
func replace(r *http.Request, contentType string, body []byte) {
	r.Form, r.PostForm, r.MultipartForm = nil, nil, nil
	r.Body, r.ContentLength, r.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.Header.Set("Content-Type", contentType)
	if contentType == "" {
		r.Header.Del("Content-Type")
	}
}
