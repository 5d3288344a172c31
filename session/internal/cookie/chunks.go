package cookie

import (
	"iter"
	"net/http"
	"slices"
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
// parts that belong together when a browser sends several cookies of a name: one is
// ours, others may have been planted for other paths or by neighbour hosts, as many as
// the server lets through. All but the last part are of full length, so that each blob
// tried takes as much of the request as it takes work.
const (
	maxChunk  = 3900 // bytes of value; leaves room for the longest name and all attributes
	maxChunks = 5
	tagLength = 8 // six bytes: the version and forty random bits
)

// Chunked is a cookie that may be longer than a cookie.
type Chunked struct {
	Jar  Jar
	Name string
}

// Write sets the cookie, and deletes what is left of a longer one. It returns false
// and writes nothing when there is no room.
func (c Chunked) Write(w http.ResponseWriter, r *http.Request, blob string, left time.Duration) (ok bool) {
	chunks := split(blob)
	if chunks == nil {
		return false
	}
	for i, chunk := range chunks {
		c.Jar.Set(w, c.chunkName(i), chunk, left)
	}
	c.deleteFrom(w, r, len(chunks))
	return true
}

// WriteShort sets the cookie to a short value as it is.
func (c Chunked) WriteShort(w http.ResponseWriter, r *http.Request, value string, left time.Duration) {
	c.Jar.Set(w, c.Name, value, left)
	c.deleteFrom(w, r, 1)
}

// Delete deletes the cookie: each chunk that the browser has or is about to get.
func (c Chunked) Delete(w http.ResponseWriter, r *http.Request) {
	c.deleteFrom(w, r, 0)
}

func (c Chunked) deleteFrom(w http.ResponseWriter, r *http.Request, first int) {
	sent := c.sent(r)
	for i := first; i < maxChunks; i++ {
		if name := c.chunkName(i); sent[i] != nil || sets(w, name) {
			c.Jar.Delete(w, name)
		}
	}
}

// Read yields each value that the request's cookies can be put together to. At most
// one of them is ours.
func (c Chunked) Read(r *http.Request) iter.Seq[string] {
	return func(yield func(blob string) bool) {
		sent := c.sent(r)
		parts := partsByTag(&sent)
		for _, first := range sent[0] {
			if blob, ok := join(first, &parts); ok && !yield(blob) {
				return
			}
		}
	}
}

// ReadShort returns the values as they were sent, each once.
func (c Chunked) ReadShort(r *http.Request) []string {
	values := c.sent(r)[0]
	slices.Sort(values)
	return slices.Compact(values)
}

func (c Chunked) sent(r *http.Request) (sent [maxChunks][]string) {
	for name, value := range Of(r) {
		rest, ok := strings.CutPrefix(name, c.Name)
		if !ok {
			continue
		}
		if i, ok := chunkNumber(rest); ok {
			sent[i] = append(sent[i], value)
		}
	}
	return sent
}

// partsByTag sorts all chunks but the first. Nobody else knows the tag of ours, so
// of two with one tag either will do.
func partsByTag(sent *[maxChunks][]string) (parts [maxChunks]map[string]string) {
	for i, values := range sent {
		if i == 0 || len(values) == 0 {
			continue
		}
		parts[i] = make(map[string]string, len(values))
		for _, value := range values {
			if len(value) > tagLength && value[tagLength] == '.' {
				parts[i][value[:tagLength]] = value
			}
		}
	}
	return parts
}

func (c Chunked) chunkName(i int) string {
	if i == 0 {
		return c.Name
	}
	return c.Name + "_" + strconv.Itoa(i)
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
func join(first string, parts *[maxChunks]map[string]string) (string, bool) {
	count, blob, ok := strings.Cut(first, ".")
	if !ok || len(count) != 1 || len(blob) < tagLength || count[0] < '1' || count[0] > '0'+maxChunks {
		return "", false
	}
	n := int(count[0] - '0')
	if n == 1 {
		return blob, true
	}
	if len(first) != maxChunk {
		return "", false
	}
	joined := []string{blob}
	for i := 1; i < n; i++ {
		part, ok := parts[i][blob[:tagLength]]
		if !ok || i < n-1 && len(part) != maxChunk {
			return "", false
		}
		joined = append(joined, part[tagLength+1:])
	}
	return strings.Join(joined, ""), true
}
