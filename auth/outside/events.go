package outside

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// action is what an event asks for.
type action int

const (
	nothing action = iota
	end            // the person's sessions end
	renew          // their claims are asked for anew
)

// actions are the events of Okta's system log that matter to sessions.
var actions = map[string]action{
	"user.lifecycle.deactivate":          end,
	"user.lifecycle.suspend":             end,
	"user.lifecycle.delete.initiated":    end,
	"user.lifecycle.delete.completed":    end,
	"user.session.clear":                 end,
	"user.account.update_password":       end,
	"user.account.reset_password":        end,
	"user.account.expire_password":       end,
	"user.mfa.factor.reset_all":          end,
	"group.user_membership.remove":       renew,
	"application.user_membership.remove": renew,
}

// event is one entry of Okta's system log.
type event struct {
	UUID    string `json:"uuid"`
	Type    string `json:"eventType"`
	Outcome struct {
		Result string `json:"result"`
	} `json:"outcome"`
	Target []target `json:"target"`

	digest string // of the whole, in place of a missing UUID
}

// target is what an event is about.
type target struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// deliveryType is the eventType of a delivery as a whole.
const deliveryType = "com.okta.event_hook"

// parseEvents returns the events of a delivery: none for what is another kind of
// CloudEvent.
func parseEvents(body []byte) ([]event, error) {
	var delivery struct {
		Type string `json:"eventType"`
		Data *struct {
			Events []json.RawMessage `json:"events"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &delivery); err != nil {
		return nil, fmt.Errorf("read the delivery: %w", err)
	}
	if delivery.Type == "" || delivery.Data == nil {
		return nil, errors.New("it has no eventType or no data")
	}
	if delivery.Type != deliveryType {
		return []event{{Type: "another kind of delivery"}}, nil
	}
	events := make([]event, len(delivery.Data.Events))
	for i, raw := range delivery.Data.Events {
		if err := json.Unmarshal(raw, &events[i]); err != nil {
			events[i] = event{Type: "an event of another form"} // which must not keep the others away
		}
		sum := sha256.Sum256(raw)
		events[i].digest = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return events, nil
}

func (e event) action() action { return actions[e.Type] }

// name tells e from other events, however often it comes.
func (e event) name() string {
	if e.UUID != "" && len(e.UUID) <= maxName {
		return "event " + e.UUID
	}
	return "event without a uuid " + e.digest
}

// people are the ids of those that e is about; or why it is about nobody of this app, the
// client of that id.
func (e event) people(clientID string) (ids []string, why string) {
	if e.Outcome.Result != "" && e.Outcome.Result != "SUCCESS" {
		return nil, "no_success"
	}
	for _, t := range e.Target {
		if t.Type == "AppInstance" && t.ID != clientID {
			return nil, "foreign"
		}
		if t.Type == "User" && t.ID != "" && len(t.ID) <= maxName {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) == 0 {
		return nil, "no_person"
	}
	return ids, ""
}
