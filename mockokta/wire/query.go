package wire

import (
	"net/url"
	"strings"
)

// AppendQuery adds parameters to a URI that may have some.
func AppendQuery(uri string, params url.Values) string {
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
	}
	return uri + separator + params.Encode()
}
