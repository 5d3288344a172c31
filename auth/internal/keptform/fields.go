package keptform

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"

	"example.com/okta-gin/auth/pages"
)

const (
	// maxFields is how many fields a page shows.
	maxFields = 500
	// short is how long a value may be that a page shows in a line.
	short = 120
)

// content is what a form says, as pages show it.
type content struct {
	fields []pages.FormField
	files  []pages.FormFile
	plain  string // all of it, where it has no fields
	text   int    // bytes of what is no file
	cut    bool   // there is more, or what can't be read
}

// parse reads body as far as it can.
func parse(contentType string, body []byte) content {
	kind, params, _ := mime.ParseMediaType(contentType)
	switch kind {
	case urlencoded, "":
		return parsePairs(string(body))
	case multiparts:
		return parseParts(body, params["boundary"])
	default:
		return content{plain: readable(body), text: len(body)}
	}
}

func parsePairs(body string) content {
	c := content{text: len(body)}
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		if len(c.fields) == maxFields {
			c.cut = true
			break
		}
		name, value, _ := strings.Cut(pair, "=")
		c.fields = append(c.fields, field(unescape(name), unescape(value)))
	}
	return c
}

// unescape takes what is no escape as it is.
func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func parseParts(body []byte, boundary string) content {
	var c content
	if boundary == "" {
		c.cut = true
		return c
	}
	for reader := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return c
		}
		if err != nil || len(c.fields)+len(c.files) == maxFields {
			c.cut = true
			return c
		}
		value, err := io.ReadAll(part)
		c.cut = c.cut || err != nil
		_, params, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if _, isFile := params["filename"]; isFile {
			if len(value) > 0 || part.FileName() != "" { // else none was chosen
				c.files = append(c.files, pages.FormFile{Name: part.FormName(), File: readable([]byte(part.FileName())), Size: sizeInWords(len(value))})
			}
			continue
		}
		c.text += len(part.FormName()) + len(value)
		c.fields = append(c.fields, field(part.FormName(), string(value)))
	}
}

func field(name, value string) pages.FormField {
	name, value = readable([]byte(name)), readable([]byte(value))
	switch {
	case isToken(name):
		return pages.FormField{Name: name, Value: value, Token: true}
	case isSecret(name):
		return pages.FormField{Name: name, Secret: true}
	default:
		return pages.FormField{Name: name, Value: value, Long: len(value) > short || strings.ContainsAny(value, "\r\n")}
	}
}

// readable is text that a page can show.
func readable(b []byte) string {
	return strings.ToValidUTF8(strings.ReplaceAll(string(b), "\x00", "\uFFFD"), "\uFFFD")
}

// sizeInWords is a size as people read it.
func sizeInWords(bytes int) string {
	switch {
	case bytes < 1000:
		return strconv.Itoa(bytes) + " B"
	case bytes < 1_000_000:
		return strconv.Itoa((bytes+500)/1000) + " kB"
	default:
		return strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64) + " MB"
	}
}
