package templates

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/language"
)

// Claim is one row of the table of claims. How its value is shown follows from the fields that are set: a list has
// Items, a time DateTime; everything else is Text.
type Claim struct {
	Section  string   // heading of a group of rows, set on its first row only
	Name     string   // as in the token
	ID       string   // of the HTML element that holds the value: "claim-" and the name, made unique
	Label    string   // the name in plain words; empty for a claim that isn't known
	Meaning  string   // a sentence in plain words
	Text     string   // the value, readable
	Raw      string   // the value as the token has it, where Text says it otherwise
	DateTime string   // RFC 3339, for a time
	Items    []string // of a list
	Link     bool     // Text is an http or https URL
	Block    bool     // Text has lines of its own or is too long for one: it gets a box that scrolls
}

// longText is the length in bytes from which a value gets a box that scrolls.
const longText = 400

// DescribeClaims explains every claim, in an order that is always the same: who you are, contact, groups and access, this
// sign-in, technical, then those it doesn't know, by name. It takes whatever JSON or CBOR decodes to, and trusts none of it.
func DescribeClaims(words *language.Words, claims map[string]any) []Claim {
	rows := make([]Claim, 0, len(claims))
	ids := make(map[string]bool, len(claims))
	section := ""
	add := func(name string, k knownClaim, value any) {
		row := Claim{Name: name, ID: claimID(name, claims, ids), Meaning: words.Text(unknownMeaning)}
		if k.text != "" {
			row.Label, row.Meaning = words.Text("label."+k.text), words.Text("meaning."+k.text)
		}
		if k.section != section {
			section, row.Section = k.section, words.Text(k.section)
		}
		row.describe(words, k.kind, value)
		rows = append(rows, row)
	}
	for _, k := range knownClaims {
		if value, ok := claims[k.name]; ok {
			add(k.name, k, value)
		}
	}
	if len(rows) == len(claims) {
		return rows
	}
	var unknown []string
	for name := range claims {
		if !slices.ContainsFunc(knownClaims, func(k knownClaim) bool { return k.name == name }) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		add(name, knownClaim{section: others}, claims[name])
	}
	return rows
}

// maxID bounds an element id: a claim's name can be of any length.
const maxID = 80

// claimID makes an element id of a claim's name. A name that needs no change keeps its own id; one that does is never given
// the id of another claim.
func claimID(name string, claims map[string]any, used map[string]bool) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '-'
	}, name)
	clean = clean[:min(len(clean), maxID)]
	unique := clean
	for n := len(used) + 1; unique != name && taken(unique, claims, used); n++ {
		unique = clean + "-" + strconv.Itoa(n)
	}
	used[unique] = true
	return "claim-" + unique
}

func taken(id string, claims map[string]any, used map[string]bool) bool {
	_, isClaim := claims[id]
	return isClaim || used[id]
}

// describe fills in how the value is shown.
func (c *Claim) describe(words *language.Words, kind claimKind, value any) {
	switch v := value.(type) {
	case nil:
		c.Text = words.Text("frame.none")
	case string:
		c.Text = v
		c.Link = kind == link && isWebAddress(v)
		c.Block = len(v) > longText
	case bool:
		c.Text, c.Raw = words.Text("claims.no"), "false"
		if v {
			c.Text, c.Raw = words.Text("claims.yes"), "true"
		}
	case []any:
		c.describeList(words, kind, v)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		c.describeList(words, kind, list)
	default:
		number, ok := numeral(value)
		if !ok {
			c.Text, c.Block = indented(value), true
			return
		}
		c.Text = number
		if t, ok := unixTime(number); ok && kind == moments {
			c.Text, c.Raw, c.DateTime = words.Moment(t), number, t.Format(time.RFC3339)
		}
	}
}

// describeList shows a list of plain values as such, and any other as JSON.
func (c *Claim) describeList(words *language.Words, kind claimKind, list []any) {
	if len(list) == 0 {
		c.Text = words.Text("frame.none")
		return
	}
	items := make([]string, len(list))
	for i, value := range list {
		item, ok := plain(value)
		if !ok {
			c.Text, c.Block = indented(list), true
			return
		}
		if id := "method." + item; kind == methods && words.Has(id) {
			item = words.Text("claims.method", "Word", words.Text(id), "Code", item)
		}
		items[i] = item
	}
	c.Items = items
}

// plain is a string, number or boolean as text.
func plain(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	}
	return numeral(value)
}

// numeral is a number as text, without the exponent that Go gives to 1.79e+09.
func numeral(value any) (string, bool) {
	switch v := value.(type) {
	case json.Number:
		return v.String(), true
	case float64:
		if math.Abs(v) < 1e21 {
			return strconv.FormatFloat(v, 'f', -1, 64), true
		}
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	}
	return "", false
}

// unixTime reads seconds since 1970, which may have a fraction (RFC 7519 section 2, NumericDate), up to the year 9999.
func unixTime(number string) (time.Time, bool) {
	const year10000 = 253402300800
	seconds, err := strconv.ParseFloat(number, 64)
	if err != nil || !(seconds > 0 && seconds < year10000) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0).UTC(), true
}

// indented is a value as JSON with a line for each member, or as Go prints it when it has no JSON form.
func indented(value any) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSuffix(buf.String(), "\n")
}

func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
