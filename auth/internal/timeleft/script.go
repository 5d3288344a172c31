package timeleft

import (
	"encoding/json"
	"fmt"
	"html/template"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/language"
)

// shown is what the script on a page begins with.
type shown struct {
	URL   string `json:"url"` // of the State
	State State  `json:"state"`
	*speech
}

// speech is what only people who are signed in may come to hear.
type speech struct {
	SignIn string `json:"signIn"` // URL that starts a sign-in, which comes back to the page

	// For how many seconds before each end the person is told.
	IdleNotice int `json:"idleNotice"`
	EndNotice  int `json:"endNotice"`

	Lang  string            `json:"lang"`
	Dir   string            `json:"dir"`
	Texts map[string]string `json:"texts"`
}

// Data is what the script on the answer to c's request begins with, as JSON in words: the
// State of whoever has been found to have sent it, and what it may say of it later.
func (t *Teller) Data(c *gin.Context, words *language.Words) (string, error) {
	s := shown{URL: t.Links.Site.URL(t.Links.SessionPath()), State: t.state(t.People.Found(c))}
	if s.State.SignedIn {
		s.speech = t.speech(c, words)
	}
	data, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("say what the script of a session begins with: %w", err)
	}
	return string(data), nil
}

func (t *Teller) speech(c *gin.Context, words *language.Words) *speech {
	left := template.HTML("%1") // no mark around it: the script puts the time there
	return &speech{
		SignIn:     t.Links.LoginHere(c.Request),
		IdleNotice: seconds(min(5*time.Minute, t.IdleTimeout/4)),
		EndNotice:  seconds(min(10*time.Minute, t.MaxAge/5)),
		Lang:       words.Tag(), Dir: words.Dir(),
		Texts: map[string]string{
			"askTitle": words.Text("time_left.ask_title"), "ask": words.Text("time_left.ask", "Span", left), "goOn": words.Text("time_left.go_on"),
			"away":      words.Text("time_left.away"),
			"saveTitle": words.Text("time_left.save_title"), "save": words.Text("time_left.save", "Span", left), "understood": words.Text("time_left.understood"),
			"overTitle": words.Text("time_left.over_title"), "over": words.Text("time_left.over"), "signIn": words.Text("frame.sign_in_again"),
		},
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }
