package templates_test

import (
	"bytes"
	"testing"

	"example.com/okta-gin/templates"
)

// TestSettled holds that a page says all that it looks like: each of these differs from
// the first in one thing that can be seen.
func TestSettled(t *testing.T) {
	t.Parallel()
	german := texts(t).Tagged("de")
	home := func(change func(*templates.Home)) templates.Settled {
		p := templates.Home{Base: templates.Base{Site: site, Path: "/", Person: &templates.Person{Name: "Ada", Email: "ada@acme.test", Initials: "A"}}}
		change(&p)
		return p
	}
	greet := func(change func(*templates.Greet)) templates.Settled {
		p := templates.Greet{Base: templates.Base{Site: site, Path: "/greet", Person: &templates.Person{Name: "Ada"}}, Name: "Ada", TimeOfDay: "morning"}
		change(&p)
		return p
	}
	versions := []templates.Settled{
		home(func(*templates.Home) {}),
		home(func(p *templates.Home) { p.Person = nil }),
		home(func(p *templates.Home) {
			p.Person = &templates.Person{Name: "Grace", Email: "ada@acme.test", Initials: "A"}
		}),
		home(func(p *templates.Home) { p.Person = &templates.Person{Email: "ada@acme.test"} }),
		home(func(p *templates.Home) { p.Path = "/greet" }),
		home(func(p *templates.Home) { p.Nonce = "nonce" }),
		home(func(p *templates.Home) { p.Words = german }),
		home(func(p *templates.Home) { p.Switch = templates.Switch{Action: "/language", ReturnTo: "/"} }),
		home(func(p *templates.Home) { p.Switch = templates.Switch{Action: "/language", ReturnTo: "/other"} }),
		home(func(p *templates.Home) { p.Notice = "Something is away." }),
		home(func(p *templates.Home) {
			p.Person, p.OtherWay = nil, templates.Way{URL: "/other", Label: "Another way"}
		}),
		greet(func(*templates.Greet) {}),
		greet(func(p *templates.Greet) { p.Name = "Grace" }),
		greet(func(p *templates.Greet) { p.TimeOfDay = "night" }),
		greet(func(p *templates.Greet) { p.Words = german }),
		greet(func(p *templates.Greet) { p.Person = nil }),
	}
	pages, seen, said := parse(t), map[string]int{}, map[any]int{}
	for i, page := range versions {
		var got bytes.Buffer
		if err := pages.Render(&got, page); err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[got.String()]; ok {
			t.Errorf("versions %d and %d look the same", other, i)
		}
		if other, ok := said[page.Content()]; ok {
			t.Errorf("versions %d and %d say that they look the same", other, i)
		}
		seen[got.String()], said[page.Content()] = i, i
	}
}
