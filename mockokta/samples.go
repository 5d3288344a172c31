package mockokta

import (
	"fmt"

	"example.com/okta-gin/mockokta/state"
)

// DefaultClientID and DefaultClientSecret belong to DefaultClient. The secret is public: it guards nothing.
const (
	DefaultClientID     = "0oa7mockWebC1ient5d7"
	DefaultClientSecret = "not-a-secret_mockokta-demo-client-only_0001"
	MachineClientID     = "0oa7mockMach1ine05d7"
	MachineClientSecret = "not-a-secret_mockokta-machine-client_00001"
)

// DefaultClient is the sample web app at http://localhost:8080: a confidential client that renews.
func DefaultClient() Client {
	return WebClient("http://localhost:8080")
}

// WebClient is DefaultClient for an app at another base URL.
func WebClient(base string) Client {
	return Client{
		ID:               DefaultClientID,
		Secret:           DefaultClientSecret,
		Name:             "Sample web app",
		RedirectURIs:     []string{base + "/authorization-code/callback"},
		LogoutURIs:       []string{base + "/authorization-code/signed-out", base},
		Grants:           []string{state.GrantCode, state.GrantRefresh, state.GrantInteraction},
		RefreshRotation:  "STATIC",
		RecoveryURI:      base + "/authorization-code/login-custom",
		InitiateLoginURI: base + "/authorization-code/login-redirect",
	}
}

// MachineClient is a program without people: it gets access tokens of the custom server by client_credentials.
func MachineClient() Client {
	return Client{ID: MachineClientID, Secret: MachineClientSecret, Name: "Sample machine", Grants: []string{state.GrantClientCredentials}}
}

// SampleTOTPSecret is what people with an authenticator app among the samples have typed into it.
const SampleTOTPSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// SamplePeople are the people of an org that is given none. Each password is "correct-horse-" and the part of
// the login before the @. Pia has none yet: SendActivation.
func SamplePeople() []Person {
	return []Person{
		{
			ID: "00u9mockAdaLove1a5d7", Login: "ada@acme.test", Password: "correct-horse-ada",
			Note:      "the usual case; an operator",
			FirstName: "Ada", LastName: "Lovelace", Assigned: true,
			Groups: []string{"Everyone", "Admins", "Engineers"},
			Profile: map[string]any{
				"nickname": "Countess", "middle_name": "King", "zoneinfo": "Europe/London", "locale": "en-GB",
				"profile": "https://example.com/people/ada", "website": "https://example.com/analytical-engine",
				"gender": "female", "birthdate": "1815-12-10", "updated_at": int64(1789000000), "phone_number": "+44 20 7946 0018",
				"address": map[string]any{
					"street_address": "12 St James's Square", "locality": "London", "postal_code": "SW1Y 4JH", "country": "GB",
				},
				"department": "Research",
			},
		},
		{
			ID: "00u9mockGraceHop15d7", Login: "grace@acme.test", Password: "correct-horse-grace",
			Note:      "the usual case, no operator",
			FirstName: "Grace", LastName: "Hopper", Assigned: true,
			Groups: []string{"Everyone", "Engineers"},
			Profile: map[string]any{
				"nickname": "Amazing Grace", "zoneinfo": "America/New_York", "locale": "en-US", "updated_at": int64(1788000000),
				"phone_number": "+1 202 555 0143",
				"address":      map[string]any{"locality": "Arlington", "region": "VA", "country": "US"},
			},
		},
		{
			ID: "00u9mockEveOutside17", Login: "eve@acme.test", Password: "correct-horse-eve",
			Note:      "not assigned to the app: Okta refuses",
			FirstName: "Eve", LastName: "Outsider", Assigned: false,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockKatherine017", Login: "katherine@acme.test", Password: "correct-horse-katherine",
			Note:      "a code by mail after the password",
			FirstName: "Katherine", LastName: "Johnson", Assigned: true,
			Groups: []string{"Everyone", "Engineers"}, MailCode: true,
		},
		{
			ID: "00u9mockAlanTuring17", Login: "alan@acme.test", Password: "correct-horse-alan",
			Note:      "an authenticator app after the password",
			FirstName: "Alan", LastName: "Turing", Assigned: true,
			Groups: []string{"Everyone", "Engineers"}, TOTPSecret: SampleTOTPSecret,
		},
		{
			ID: "00u9mockHedyLamarr17", Login: "hedy@acme.test", Password: "correct-horse-hedy",
			Note:      "a choice of two second factors",
			FirstName: "Hedy", LastName: "Lamarr", Assigned: true,
			Groups: []string{"Everyone", "Engineers"}, MailCode: true, TOTPSecret: SampleTOTPSecret,
		},
		{
			ID: "00u9mockLouLocked017", Login: "lou@acme.test", Password: "correct-horse-lou",
			Note:      "locked out",
			FirstName: "Lou", LastName: "Locked", Assigned: true, Status: StatusLockedOut,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockPatExpired17", Login: "pat@acme.test", Password: "correct-horse-pat",
			Note:      "an expired password",
			FirstName: "Pat", LastName: "Expired", Assigned: true, Status: StatusPasswordExpired,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockNoraNew00017", Login: "nora@acme.test", Password: "correct-horse-nora",
			Note:      "has to set up a second factor",
			FirstName: "Nora", LastName: "New", Assigned: true, MustEnroll: true,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockWandaWarn017", Login: "wanda@acme.test", Password: "correct-horse-wanda",
			Note:      "a password that expires in four days",
			FirstName: "Wanda", LastName: "Warned", Assigned: true, PasswordExpiresIn: 4,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockPiaPending17", Login: "pia@acme.test",
			Note:      "not activated yet: no password",
			FirstName: "Pia", LastName: "Pending", Assigned: true, Status: StatusProvisioned,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockManyGroups17", Login: "many@acme.test", Password: "correct-horse-many",
			Note:      "a very long name without spaces, and 120 groups",
			FirstName: "กิตติพิชญ์ธนวัฒน์ภาคินพงศ์ปุณณภพ", LastName: "วัฒนาพิพัฒน์ไพศาลศิริโชติสกุลเจริญรุ่งเรืองกิจ", Assigned: true,
			Groups: manyGroups(120),
			Profile: map[string]any{
				"zoneinfo": "Asia/Bangkok", "locale": "th-TH", "updated_at": int64(1787000000),
				"address": map[string]any{"street_address": "๑๒๓ ถนนพระรามที่ ๔", "locality": "กรุงเทพมหานคร", "country": "TH"},
			},
		},
		{
			ID: "00u9mockLongName0017", Login: "hubert@acme.test", Password: "correct-horse-hubert",
			Note:      "a very long name",
			FirstName: "Hubert Blaine", LastName: "Wolfeschlegelsteinhausenbergerdorff-Schmidtmeierhoferin von und zu Hohenlohe-Waldenburg", Assigned: true,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockRightLeft017", Login: "layla@acme.test", Password: "correct-horse-layla",
			Note:      "a name from right to left, and Arabic where the browser does not say",
			FirstName: "ليلى", LastName: "الخطيب", Assigned: true,
			Groups:  []string{"Everyone", "المهندسون"},
			Profile: map[string]any{"locale": "ar-EG", "zoneinfo": "Africa/Cairo"},
		},
		{
			ID: "00u9mockOneLetter017", Login: "o@acme.test", Password: "correct-horse-o",
			Note:      "a name of one letter",
			FirstName: "O", Assigned: true,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockEmojiName017", Login: "emoji@acme.test", Password: "correct-horse-emoji",
			Note:      "a name of emoji alone",
			FirstName: "🦊", LastName: "👩🏽‍🚀", Assigned: true,
			Groups: []string{"Everyone"},
		},
		{
			ID: "00u9mockNoNameAtAll7", Login: "nameless@acme.test", Password: "correct-horse-nameless",
			Note:     "no name at all",
			Assigned: true,
			Groups:   []string{"Everyone"},
		},
	}
}

// manyGroups makes n group names as a big company has them.
func manyGroups(n int) []string {
	regions := []string{"EMEA", "APAC", "LATAM", "North America", "DACH", "Nordics"}
	departments := []string{"Engineering", "Finance", "Legal & Compliance", "People Operations", "Field Sales", "Customer Success", "Security Operations"}
	roles := []string{"Members", "Approvers", "Read Only"}
	groups := []string{"Everyone", "Engineers"}
	for i := 0; len(groups) < n; i++ {
		region := regions[i%len(regions)]
		department := departments[i/len(regions)%len(departments)]
		role := roles[i/(len(regions)*len(departments))%len(roles)]
		groups = append(groups, fmt.Sprintf("%s – %s – %s", region, department, role))
	}
	return groups
}
