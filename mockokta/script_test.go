package mockokta_test

import (
	"net/http"
	"net/url"
	"strings"
)

// script is a browser script in the middle of an Identity Engine sign-in.
type script struct {
	*browser
	origin string
	doc    map[string]any
	last   reply
}

func interactParams(changes map[string]string) url.Values {
	params := authorizeParams(changes)
	params.Del("response_type")
	return params
}

func (b *browser) interact(changes map[string]string) reply {
	b.t.Helper()
	return b.post(b.as+"/v1/interact", interactParams(changes))
}

// begin starts a sign-in as the widget does.
func (b *browser) begin(changes map[string]string) *script {
	b.t.Helper()
	handle, _ := b.interact(changes).json(b.t)["interaction_handle"].(string)
	if len(handle) != 43 {
		b.t.Fatalf("interaction handle %q", handle)
	}
	s := &script{browser: b, origin: "http://localhost:8080"}
	s.call("/idp/idx/introspect", map[string]any{"interactionHandle": handle})
	return s
}

func (s *script) call(path string, body map[string]any) reply {
	s.t.Helper()
	s.last = s.json(path, body, http.Header{"Origin": {s.origin}})
	if got := s.last.Header.Get("Content-Type"); got != "application/ion+json; okta-version=1.0.0" {
		s.t.Fatalf("%s: %d, Content-Type %q: %s", path, s.last.StatusCode, got, s.last.body)
	}
	s.doc = s.last.json(s.t)
	return s.last
}

// dig walks into a JSON document.
func dig(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

// forms are the names of the remediations.
func (s *script) forms() string {
	var names []string
	list, _ := dig(s.doc, "remediation", "value").([]any)
	for _, form := range list {
		names = append(names, dig(form, "name").(string))
	}
	return strings.Join(names, " ")
}

// fill posts to the href of the n-th form, with its state handle.
func (s *script) fill(n int, body map[string]any) reply {
	s.t.Helper()
	form := dig(s.doc, "remediation", "value", n)
	href, _ := dig(form, "href").(string)
	fields, _ := dig(form, "value").([]any)
	for _, field := range fields {
		if dig(field, "name") == "stateHandle" {
			body["stateHandle"] = dig(field, "value")
		}
	}
	return s.call(strings.TrimPrefix(href, s.org.URL()), body)
}

func passcodeOf(code string) map[string]any {
	return map[string]any{"credentials": map[string]any{"passcode": code}}
}

func (s *script) want(status int, forms, key string) {
	s.t.Helper()
	got, _ := dig(s.doc, "messages", "value", 0, "i18n", "key").(string)
	if got == "" {
		got, _ = dig(s.doc, "remediation", "value", 0, "value", 0, "form", "value", 0, "messages", "value", 0, "i18n", "key").(string)
	}
	if s.last.StatusCode != status || s.forms() != forms || got != key {
		s.t.Fatalf("got %d %q %q, want %d %q %q\n%s", s.last.StatusCode, s.forms(), got, status, forms, key, s.last.body)
	}
}

// redeem exchanges the interaction code of a finished sign-in.
func (s *script) redeem(changes map[string]string) reply {
	s.t.Helper()
	code, _ := dig(s.doc, "successWithInteractionCode", "value", 1, "value").(string)
	params := tokenParams("", changes)
	params.Del("code")
	params.Set("grant_type", "interaction_code")
	params.Set("interaction_code", code)
	return s.token(params)
}
