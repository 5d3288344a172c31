package mockokta

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Person statuses the stand-in tells apart: only an active person can sign in or renew.
const (
	StatusActive        = "ACTIVE"
	StatusDeprovisioned = "DEPROVISIONED"
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
	// Profile holds further OpenID Connect claims by name (nickname, zoneinfo, phone_number, address, …) and
	// overrides the ones made from the fields above. Names that are not standard claims are custom
	// attributes, which only the directory API shows.
	Profile map[string]any
}

func (p Person) active() bool { return p.Status == StatusActive }

func (p Person) name() string {
	if name, ok := p.Profile["name"].(string); ok {
		return name
	}
	return strings.TrimSpace(p.FirstName + " " + p.LastName)
}

func (p Person) clone() Person {
	p.Groups = slices.Clone(p.Groups)
	p.Profile = maps.Clone(p.Profile)
	return p
}

// directoryEntry is a person with what the directory alone knows.
type directoryEntry struct {
	Person
	created   time.Time
	updated   time.Time
	lastLogin time.Time
}

// directory is the org's people, in the order they came.
type directory struct {
	now     func() time.Time
	mu      sync.Mutex
	byID    map[string]*directoryEntry
	byLogin map[string]*directoryEntry
	order   []string // ids
}

func newDirectory(now func() time.Time) *directory {
	return &directory{now: now, byID: make(map[string]*directoryEntry), byLogin: make(map[string]*directoryEntry)}
}

// AddPerson puts a person into the directory, in place of the one with the same login.
func (o *Org) AddPerson(p Person) {
	d := o.directory
	p = p.clone()
	p.ID = defaultTo(p.ID, entityID("00u", p.Login))
	p.Email = defaultTo(p.Email, p.Login)
	p.Status = defaultTo(p.Status, StatusActive)
	d.mu.Lock()
	defer d.mu.Unlock()
	key := strings.ToLower(p.Login)
	if old := d.byLogin[key]; old != nil {
		delete(d.byID, old.ID)
		d.order = slices.DeleteFunc(d.order, func(id string) bool { return id == old.ID })
	}
	entry := &directoryEntry{Person: p, created: d.now(), updated: d.now()}
	d.byID[p.ID], d.byLogin[key] = entry, entry
	d.order = append(d.order, p.ID)
}

// People returns a copy of the directory.
func (o *Org) People() []Person {
	d := o.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Person, 0, len(d.order))
	for _, id := range d.order {
		list = append(list, d.byID[id].Person.clone())
	}
	return list
}

// DeactivateUser ends a person's time in the org: sessions go, renewals are refused, tokens stop working
// where Okta is asked about them. Unknown logins change nothing.
func (o *Org) DeactivateUser(login string) {
	if id, found := o.changePerson(login, func(p *Person) { p.Status = StatusDeprovisioned }); found {
		o.endSessions(id)
	}
}

// SetGroups replaces a person's groups. Tokens already given keep the old ones.
func (o *Org) SetGroups(login string, groups ...string) {
	o.changePerson(login, func(p *Person) { p.Groups = slices.Clone(groups) })
}

// EndSessions signs a person out of the org in every browser. Tokens stay valid.
func (o *Org) EndSessions(login string) {
	if id, found := o.changePerson(login, func(*Person) {}); found {
		o.endSessions(id)
	}
}

// RevokeRefreshTokens makes every refresh token given for a person invalid.
func (o *Org) RevokeRefreshTokens(login string) {
	if id, found := o.changePerson(login, func(*Person) {}); found {
		o.refreshTokens.deleteIf(func(t *refreshToken) bool { return t.grant.userID == id })
	}
}

func (o *Org) endSessions(id string) {
	o.sessions.deleteIf(func(s *ssoSession) bool { return s.userID == id })
}

func (o *Org) changePerson(login string, change func(*Person)) (id string, found bool) {
	d := o.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	entry := d.byLogin[strings.ToLower(login)]
	if entry == nil {
		return "", false
	}
	change(&entry.Person)
	entry.updated = d.now()
	return entry.ID, true
}

// find returns a copy of the entry.
func (d *directory) find(id string) (directoryEntry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return copyEntry(d.byID[id])
}

// lookUp finds a person as the directory API does: by id, by login, or by the part of a login before the @
// when only one person has it.
func (d *directory) lookUp(key string) (directoryEntry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[key]; entry != nil {
		return copyEntry(entry)
	}
	if entry := d.byLogin[strings.ToLower(key)]; entry != nil {
		return copyEntry(entry)
	}
	var match *directoryEntry
	for login, entry := range d.byLogin {
		if short, _, _ := strings.Cut(login, "@"); short == strings.ToLower(key) {
			if match != nil {
				return directoryEntry{}, false
			}
			match = entry
		}
	}
	return copyEntry(match)
}

// signedIn notes the time of a sign-in.
func (d *directory) signedIn(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if entry := d.byID[id]; entry != nil {
		entry.lastLogin = d.now()
	}
}

func copyEntry(entry *directoryEntry) (directoryEntry, bool) {
	if entry == nil {
		return directoryEntry{}, false
	}
	c := *entry
	c.Person = entry.Person.clone()
	return c, true
}

// entityID makes an id of Okta's shape (20 letters and digits) that is always the same for a name.
func entityID(prefix, name string) string {
	sum := sha256.Sum256([]byte(prefix + strings.ToLower(name)))
	letters := strings.NewReplacer("-", "", "_", "").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))
	return prefix + letters[:17]
}
