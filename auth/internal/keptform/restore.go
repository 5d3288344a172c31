package keptform

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

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
