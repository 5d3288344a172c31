// Package operator is the operator's console in a shell: it lists a person's sessions and
// ends them, for where there is no browser.
package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/session/marks"
)

// Order is what an operator asks for.
type Order struct {
	// End ends sessions; else they are listed.
	End bool
	// Person is an email address or an Okta user id.
	Person string
	// ID is the one session to end. Empty means all of the person's, listed or not.
	ID string
	// JSON answers for programs.
	JSON bool
	// By is who asks, for the log.
	By string
}

// Parse reads the words list PERSON and end PERSON [ID], and --json anywhere after the
// first. An ID may begin with a hyphen.
func Parse(args []string) (Order, error) {
	words := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "--json" })
	order := Order{JSON: len(words) < len(args)}
	switch {
	case len(words) == 2 && words[0] == "list":
	case (len(words) == 2 || len(words) == 3) && words[0] == "end":
		order.End = true
	default:
		return Order{}, fmt.Errorf("okta-gin sessions takes list PERSON or end PERSON [ID], and --json, and not %q", args)
	}
	if order.Person = words[1]; order.Person == "" || strings.HasPrefix(order.Person, "-") {
		return Order{}, fmt.Errorf("PERSON is an email address or an Okta user id, and not %q", order.Person)
	}
	if len(words) == 3 {
		if order.ID = words[2]; order.ID == "" {
			return Order{}, errors.New("ID is empty: leave it out to end all sessions of the person")
		}
	}
	return order, nil
}

// ErrSettings says that there is nothing to list with these settings.
var ErrSettings = errors.New("the settings list no sessions")

// Carry carries out order with the settings of the app, whose answer goes to stdout and
// whose log event to log. What it ends is over at the next request of the app. It returns
// ErrSettings where no process but the app's can know of any session.
func Carry(ctx context.Context, cfg config.Config, order Order, now func() time.Time, stdout io.Writer, log *slog.Logger) (err error) {
	if err := listable(cfg); err != nil {
		return err
	}
	a, err := auth.New(cfg, auth.Options{Log: log, Now: now})
	if errors.Is(err, marks.ErrInUse) {
		return fmt.Errorf("the app is running and has STATE_FILE %s to itself: stop it first, or use its page /admin/sessions", cfg.StateFile)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	by := auth.Operator{Name: order.By, Client: "shell"}
	found := a.AllSessionsAs(ctx, by, order.Person)
	answer := text(stdout, order.Person)
	if order.JSON {
		answer = asJSON(stdout)
	}
	if !order.End {
		return settings(answer.list(found))
	}
	subject, err := whose(order, found)
	if err != nil {
		return settings(err)
	}
	atOkta, err := a.EndSessionsAs(ctx, by, subject, order.ID)
	if err != nil {
		return err
	}
	if err := answer.ended(subject, order.ID, atOkta); err != nil {
		return err
	}
	if order.ID == "" && cfg.APIToken.IsSet() && !atOkta {
		return errors.New("the sessions at Okta were not ended: the log says why")
	}
	return nil
}

// settings makes of an error that nothing is listed what to set.
func settings(err error) error {
	if errors.Is(err, auth.ErrUnlisted) {
		return fmt.Errorf("%w: set STATE_FILE or REDIS_URL, or keep the sessions in Redis (SESSION_STORE)", ErrSettings)
	}
	return err
}

// listable returns what keeps a process beside the app from reading its sessions. It
// makes no STATE_FILE: that is the app's, and of the app's user.
func listable(cfg config.Config) error {
	if cfg.SessionSecretGenerated {
		return fmt.Errorf("%w: SESSION_SECRET is not set, so that only the running app can read its sessions", ErrSettings)
	}
	if cfg.StateFile == "" {
		return nil
	}
	if _, err := os.Stat(cfg.StateFile); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no STATE_FILE %s: the app has not run with these settings, or not from this directory", cfg.StateFile)
	}
	return nil
}

// userIDs are Okta's.
var userIDs = regexp.MustCompile(`^[0-9A-Za-z]{20}$`)

// whose is the Okta user id of the person whose sessions are to end. What is no id of
// Okta's form tells it only by a session that is listed.
func whose(order Order, found found) (string, error) {
	subject, listed, has := order.Person, false, false
	for s, err := range found {
		if err != nil {
			return "", err
		}
		if listed && s.Subject != subject {
			return "", fmt.Errorf("sessions of several people have the address %q: give the Okta user id of one", order.Person)
		}
		subject, listed, has = s.Subject, true, has || s.ID == order.ID
	}
	switch {
	case order.ID != "" && !has:
		return "", fmt.Errorf("%q has no session %q", order.Person, order.ID)
	case !listed && !userIDs.MatchString(subject):
		return "", fmt.Errorf("no session of %q is listed: to end all of a person's, listed or not, give their Okta user id", order.Person)
	default:
		return subject, nil
	}
}
