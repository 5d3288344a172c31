package keptform

import "mime"

// The content types that an HTML form has.
const (
	urlencoded = "application/x-www-form-urlencoded"
	multiparts = "multipart/form-data"
	plainText  = "text/plain"
)

func mediaType(contentType string) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil && contentType != "" {
		return contentType
	}
	return kind
}
