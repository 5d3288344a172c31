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
	URL    string `json:"url"`    // of the State
	SignIn string `json:"signIn"` // URL that starts a sign-in, which comes back to the page
	State  State  `json:"state"`

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
	left := template.HTML("%1") // no mark around it: the script puts the time there
	data, err := json.Marshal(shown{
		URL: t.Links.Site.URL(t.Links.SessionPath()), SignIn: t.Links.LoginHere(c.Request), State: t.state(t.People.Found(c)),
		IdleNotice: seconds(min(5*time.Minute, t.IdleTimeout/4)),
		EndNotice:  seconds(min(10*time.Minute, t.MaxAge/5)),
		Lang:       words.Tag(), Dir: words.Dir(),
		Texts: map[string]string{
			"askTitle": words.Text("time_left.ask_title"), "ask": words.Text("time_left.ask", "Span", left), "goOn": words.Text("time_left.go_on"),
			"away":      words.Text("time_left.away"),
			"saveTitle": words.Text("time_left.save_title"), "save": words.Text("time_left.save", "Span", left), "understood": words.Text("time_left.understood"),
			"overTitle": words.Text("time_left.over_title"), "over": words.Text("time_left.over"), "signIn": words.Text("frame.sign_in_again"),
		},
	})
	if err != nil {
		return "", fmt.Errorf("say what the script of a session begins with: %w", err)
	}
	return string(data), nil
}

func seconds(d time.Duration) int { return int(d / time.Second) }
