package state

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Person statuses the stand-in tells apart. People who are locked out or whose password has expired cannot sign
// in, but keep their sessions and tokens; any other status than these three loses both.
const (
	StatusActive          = "ACTIVE"
	StatusLockedOut       = "LOCKED_OUT"
	StatusPasswordExpired = "PASSWORD_EXPIRED"
	StatusDeprovisioned   = "DEPROVISIONED"
	StatusProvisioned     = "PROVISIONED" // has no password until a link in a mail has led to the first one
)

// Person is one entry of the directory.
type Person struct {
	ID        string // 20 letters and digits starting 00u; made from Login when empty
	Login     string
	Password  string // empty means that no password works
	FirstName string
	LastName  string
	Email     string // default Login
	Groups    []string
	Assigned  bool   // assigned to the apps; others are refused with access_denied
	Status    string // default ACTIVE
	// Second factors, any of which is asked for after the password: a code by mail, and the codes of an
	// authenticator app with this base32 secret.
	MailCode   bool
	TOTPSecret string
	MustEnroll bool // has to set up a second factor at the next sign-in

	Note string // what a sample person is for, in a few words

	PasswordExpiresIn int // days after which the password will expire, of which people are warned; 0 means never
	// Profile holds further OpenID Connect claims by name (nickname, zoneinfo, phone_number, address, …) and
	// overrides the ones made from the fields above. Names that are not standard claims are custom
	// attributes, which only the directory API shows.
	Profile map[string]any
}

// Active says whether the person's sessions and tokens work.
func (p Person) Active() bool {
	return p.Status == StatusActive || p.Status == StatusLockedOut || p.Status == StatusPasswordExpired
}

// FullName is the name claim from Profile, or else first and last name.
func (p Person) FullName() string {
	if name, ok := p.Profile["name"].(string); ok {
		return name
	}
	return strings.TrimSpace(p.FirstName + " " + p.LastName)
}

// Locale is the locale claim as Okta's own APIs write it, en_US; nil without one.
func (p Person) Locale() any {
	locale, ok := p.Profile["locale"].(string)
	if !ok {
		return nil
	}
	return strings.ReplaceAll(locale, "-", "_")
}

// MaskedEmail is the mail address but for the inner letters of its name.
func (p Person) MaskedEmail() string {
	name, domain, _ := strings.Cut(p.Email, "@")
	if len(name) < 2 {
		return "***@" + domain
	}
	return name[:1] + "***" + name[len(name)-1:] + "@" + domain
}

func (p Person) clone() Person {
	p.Groups = slices.Clone(p.Groups)
	p.Profile = maps.Clone(p.Profile)
	return p
}

// Entry is a person with what the directory alone knows.
type Entry struct {
	Person
	Created   time.Time
	Updated   time.Time
	LastLogin time.Time
	failures  int // wrong passwords and codes in a row
}

// Directory is the org's people, in the order they came.
type Directory struct {
	now     func() time.Time
	mu      sync.Mutex
	byID    map[string]*Entry
	byLogin map[string]*Entry
	order   []string // ids
}

func newDirectory(now func() time.Time) *Directory {
	return &Directory{now: now, byID: make(map[string]*Entry), byLogin: make(map[string]*Entry)}
}

// AddPerson puts a person into the directory, in place of the one with the same login.
func (d *Directory) AddPerson(p Person) {
	p = p.clone()
	p.ID = cmp.Or(p.ID, EntityID("00u", p.Login))
	p.Email = cmp.Or(p.Email, p.Login)
	p.Status = cmp.Or(p.Status, StatusActive)
	d.mu.Lock()
	defer d.mu.Unlock()
	key := strings.ToLower(p.Login)
	if old := d.byLogin[key]; old != nil {
		delete(d.byID, old.ID)
		d.order = slices.DeleteFunc(d.order, func(id string) bool { return id == old.ID })
	}
	entry := &Entry{Person: p, Created: d.now(), Updated: d.now()}
	d.byID[p.ID], d.byLogin[key] = entry, entry
	d.order = append(d.order, p.ID)
}

// People returns a copy of the directory.
func (d *Directory) People() []Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Person, 0, len(d.order))
	for _, id := range d.order {
		list = append(list, d.byID[id].Person.clone())
	}
	return list
}

// SetGroups replaces a person's groups. Tokens already given keep the old ones.
func (d *Directory) SetGroups(login string, groups ...string) {
	d.change(login, func(p *Person) { p.Groups = slices.Clone(groups) })
}

// Unlock lets a person who is locked out sign in again.
func (d *Directory) Unlock(login string) {
	if id, found := d.change(login, func(p *Person) {
		if p.Status == StatusLockedOut {
			p.Status = StatusActive
		}
	}); found {
		d.succeed(id)
	}
}

// change changes the person with the login, whose id it returns.
func (d *Directory) change(login string, change func(*Person)) (id string, found bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	entry := d.byLogin[strings.ToLower(login)]
	if entry == nil {
		return "", false
	}
	change(&entry.Person)
	entry.Updated = d.now()
	return entry.ID, true
}

// update changes the person with the id.
func (d *Directory) update(id string, change func(*Person)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[id]; entry != nil {
		change(&entry.Person)
		entry.Updated = d.now()
	}
}

// Find returns a copy of the entry.
func (d *Directory) Find(id string) (Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return copyEntry(d.byID[id])
}

// LookUp finds a person as the directory API does: by id, by login, or by the part of a login before the @
// when only one person has it.
func (d *Directory) LookUp(key string) (Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[key]; entry != nil {
		return copyEntry(entry)
	}
	if entry := d.byLogin[strings.ToLower(key)]; entry != nil {
		return copyEntry(entry)
	}
	var match *Entry
	for login, entry := range d.byLogin {
		if short, _, _ := strings.Cut(login, "@"); short == strings.ToLower(key) {
			if match != nil {
				return Entry{}, false
			}
			match = entry
		}
	}
	return copyEntry(match)
}

// fail counts a wrong password or code, and locks the person out at the limit.
func (d *Directory) fail(id string, limit int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	entry := d.byID[id]
	if entry == nil {
		return
	}
	entry.failures++
	if entry.failures >= limit && entry.Status == StatusActive {
		entry.Status = StatusLockedOut
	}
}

// succeed forgets wrong passwords and codes.
func (d *Directory) succeed(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[id]; entry != nil {
		entry.failures = 0
	}
}

// SetPassword gives the person with the id a new password, which has not expired.
func (d *Directory) SetPassword(id, password string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	entry := d.byID[id]
	if entry == nil {
		return
	}
	entry.Password, entry.PasswordExpiresIn, entry.Updated = password, 0, d.now()
	if entry.Status == StatusPasswordExpired {
		entry.Status = StatusActive
	}
}

// SignedIn notes the time of a sign-in.
func (d *Directory) SignedIn(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[id]; entry != nil {
		entry.LastLogin = d.now()
	}
}

func copyEntry(entry *Entry) (Entry, bool) {
	if entry == nil {
		return Entry{}, false
	}
	c := *entry
	c.Person = entry.Person.clone()
	return c, true
}

// EntityID makes an id of Okta's shape (20 letters and digits) that is always the same for a name.
func EntityID(prefix, name string) string {
	sum := sha256.Sum256([]byte(prefix + strings.ToLower(name)))
	letters := strings.NewReplacer("-", "", "_", "").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))
	return prefix + letters[:17]
}
