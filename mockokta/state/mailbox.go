package state

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Mail is a message that the org has sent. It goes no further than the org's own mail page.
type Mail struct {
	To      string // the address
	Subject string
	Code    string // the code it tells; empty in one that only has a link
	Link    string // leads to the app with the code or a token in it; often empty
	Sent    time.Time
}

// maxMails bounds what a mailbox keeps.
const maxMails = 100

// Mailbox keeps the newest mails. The zero value is empty.
type Mailbox struct {
	mu    sync.Mutex
	mails []Mail
}

func (m *Mailbox) send(mail Mail) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mails = slices.Insert(m.mails, 0, mail)
	m.mails = m.mails[:min(len(m.mails), maxMails)]
}

// Mails returns what the org has sent, newest first.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.mails)
}

// MailedLink returns the link in the newest mail to an address, or nothing.
func (m *Mailbox) MailedLink(address string) string {
	for _, mail := range m.Mails() {
		if strings.EqualFold(mail.To, address) {
			return mail.Link
		}
	}
	return ""
}

// MailedCode returns the code in the newest mail to an address, or nothing.
func (m *Mailbox) MailedCode(address string) string {
	for _, mail := range m.Mails() {
		if strings.EqualFold(mail.To, address) {
			return mail.Code
		}
	}
	return ""
}
