package keptform

import (
	"net/http"

	"example.com/okta-gin/auth/pages"
)

// MaxFields is how many fields a page shows.
const MaxFields = maxFields

// Parsed is what a page shows of a body.
func Parsed(contentType string, body []byte) (fields []pages.FormField, files []pages.FormFile, text string, cut bool) {
	c := parse(contentType, body)
	return c.fields, c.files, c.plain, c.cut
}

// Confirmed is what tells the button's request from others.
func Confirmed(r *http.Request) (name string, ok bool) { return confirmed(r) }

// Secret and Token sort the names of fields.
func Secret(name string) bool { return isSecret(name) }
func Token(name string) bool  { return isToken(name) }
