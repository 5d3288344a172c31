package idx

import (
	"net/http"

	"example.com/okta-gin/mockokta/wire"
)

// ionType is the media type of the engine's answers.
const ionType = "application/ion+json; okta-version=1.0.0"

// object is a JSON object.
type object = map[string]any

// write answers with an Ion document.
func write(w http.ResponseWriter, status int, doc object) {
	wire.NoStore(w)
	wire.JSONAs(w, status, ionType, doc)
}

// objectOf and listOf are how Ion wraps values.
func objectOf(value object) object { return object{"type": "object", "value": value} }
func listOf(values ...any) object  { return object{"type": "array", "value": values} }

// message is something that people shall read. Scripts choose their own words by key.
type message struct {
	text string
	key  string
	info bool // it is no error
}

func (m message) list() object {
	class := "ERROR"
	if m.info {
		class = "INFO"
	}
	return listOf(object{"message": m.text, "i18n": object{"key": m.key, "params": []any{}}, "class": class})
}

// form is something that can be posted: a remediation or an action.
func form(name, href string, fields ...any) object {
	return object{
		"rel": []string{"create-form"}, "name": name, "href": href, "method": http.MethodPost,
		"produces": ionType, "accepts": "application/json; okta-version=1.0.0", "value": fields,
	}
}

// passcode is the field of a password or a code. problem, which may be nil, is shown beside it.
func passcode(label string, secret bool, problem *message) object {
	field := object{"name": "passcode", "label": label}
	if secret {
		field["secret"] = true
	}
	if problem != nil {
		field["messages"] = problem.list()
	}
	return object{"name": "credentials", "type": "object", "required": true, "form": object{"value": []any{field}}}
}

// fixed is a field whose value goes back as it came.
func fixed(name, value string) object {
	return object{"name": name, "required": true, "value": value, "visible": false, "mutable": false}
}
