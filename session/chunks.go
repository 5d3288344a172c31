package session

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Browsers hold to 4096 bytes for the name and value of a cookie, some for its
// attributes too (RFC 6265bis, section 5.6). A longer value travels in several:
//
//	okta_session   = 3.BLOB…      how many there are, then the beginning
//	okta_session_1 = TAG.…        the next part
//	okta_session_2 = TAG.…        the last part
//
// TAG is the beginning of BLOB, random for each sealed value. It finds the
// parts that belong together when a browser sends several cookies of a name.
const (
	maxChunk  = 3900 // bytes of value; leaves room for the longest name and all attributes
	maxChunks = 5
	tagLength = 8 // six bytes: the version and forty random bits

	// maxCandidates bounds the work on cookies of one name. Only one is ours,
	// the others were set for other paths or by neighbour hosts.
	maxCandidates = 4
)

// chunkedCookie is a cookie that may be longer than a cookie.
type chunkedCookie struct {
	jar  cookieJar
	name string
}

// write sets the cookie, and deletes what is left of a longer one. It returns
// ErrTooLargeForCookies and writes nothing when there is no room.
func (c chunkedCookie) write(w http.ResponseWriter, r *http.Request, blob string, left time.Duration) error {
	chunks := split(blob)
	if chunks == nil {
		return ErrTooLargeForCookies
	}
	for i, chunk := range chunks {
		c.jar.set(w, c.chunkName(i), chunk, left)
	}
	c.deleteFrom(w, r, len(chunks))
	return nil
}

// writeShort sets the cookie to a short value as it is.
func (c chunkedCookie) writeShort(w http.ResponseWriter, r *http.Request, value string, left time.Duration) {
	c.jar.set(w, c.name, value, left)
	c.deleteFrom(w, r, 1)
}

// delete deletes the cookie: each chunk that the browser has or is about to get.
func (c chunkedCookie) delete(w http.ResponseWriter, r *http.Request) {
	c.deleteFrom(w, r, 0)
}

func (c chunkedCookie) deleteFrom(w http.ResponseWriter, r *http.Request, first int) {
	sent := c.sent(r)
	for i := first; i < maxChunks; i++ {
		if name := c.chunkName(i); sent[i] != nil || sets(w, name) {
			c.jar.delete(w, name)
		}
	}
}

// read returns each value that the request's cookies can be put together to.
// At most one of them is ours.
func (c chunkedCookie) read(r *http.Request) []string {
	var blobs []string
	sent := c.sent(r)
	for _, first := range sent[0] {
		if blob, ok := join(first, &sent); ok {
			blobs = append(blobs, blob)
		}
	}
	return blobs
}

// readShort returns the first values as they were sent.
func (c chunkedCookie) readShort(r *http.Request) []string {
	return c.sent(r)[0]
}

func (c chunkedCookie) sent(r *http.Request) (sent [maxChunks][]string) {
	for name, value := range requestCookies(r) {
		rest, ok := strings.CutPrefix(name, c.name)
		if !ok {
			continue
		}
		i, ok := chunkNumber(rest)
		if ok && len(sent[i]) < maxCandidates {
			sent[i] = append(sent[i], value)
		}
	}
	return sent
}

func (c chunkedCookie) chunkName(i int) string {
	if i == 0 {
		return c.name
	}
	return c.name + "_" + strconv.Itoa(i)
}

// chunkNumber reads what follows the cookie's name: nothing, or _1 to _4.
func chunkNumber(rest string) (int, bool) {
	if rest == "" {
		return 0, true
	}
	if len(rest) != 2 || rest[0] != '_' || rest[1] < '1' || rest[1] >= '0'+maxChunks {
		return 0, false
	}
	return int(rest[1] - '0'), true
}

// split returns the chunks of blob, or nil when there would be too many.
func split(blob string) []string {
	tag := blob[:min(tagLength, len(blob))]
	var chunks []string
	prefix := "n."
	for {
		n := min(len(blob), maxChunk-len(prefix))
		chunks = append(chunks, prefix+blob[:n])
		blob = blob[n:]
		if blob == "" {
			break
		}
		if len(chunks) == maxChunks {
			return nil
		}
		prefix = tag + "."
	}
	chunks[0] = strconv.Itoa(len(chunks)) + chunks[0][1:]
	return chunks
}

// join puts the blob together that begins with the chunk first.
func join(first string, sent *[maxChunks][]string) (string, bool) {
	count, blob, ok := strings.Cut(first, ".")
	if !ok || len(count) != 1 || len(blob) < tagLength || count[0] < '1' || count[0] > '0'+maxChunks {
		return "", false
	}
	n := int(count[0] - '0')
	if n == 1 {
		return blob, true
	}
	tag := blob[:tagLength] + "."
	parts := []string{blob}
	for _, candidates := range sent[1:n] {
		part, ok := withPrefix(candidates, tag)
		if !ok {
			return "", false
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ""), true
}

func withPrefix(candidates []string, prefix string) (string, bool) {
	for _, candidate := range candidates {
		if rest, ok := strings.CutPrefix(candidate, prefix); ok {
			return rest, true
		}
	}
	return "", false
}
