package doctor_test

import (
	"testing"
	"time"

	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
)

// tokensOf answers with tokens, each made and ended at those times, by the first of the
// org's administrators and by another.
func tokensOf(own ...string) func(*mockokta.Knobs) {
	list := `[{"userId":"00uother","created":"2000-01-01T00:00:00.000Z","expiresAt":"2000-01-01T00:00:00.000Z"}`
	for _, each := range own {
		list += `,{"userId":"00u9mockAdaLove1a5d7",` + each + `}`
	}
	return below(map[string]string{"/api/v1/api-tokens": list + `]`})
}

// TestAPIToken looks at what the token may and how old it is.
func TestAPIToken(t *testing.T) {
	t.Parallel()
	roles := func(names ...string) func(*mockokta.Knobs) {
		return func(k *mockokta.Knobs) { k.AdminRoles = names }
	}
	for name, test := range map[string]struct {
		knobs func(*mockokta.Knobs)
		check string
		mark  doctor.Mark
		words string
	}{
		"may read and end":        {nil, "api token rights", doctor.OK, "USER_ADMIN"},
		"a super administrator's": {roles("SUPER_ADMIN"), "api token rights", doctor.Warn, "the whole org"},
		"only reads":              {roles("READ_ONLY_ADMIN", "REPORT_ADMIN"), "api token rights", doctor.Warn, "end no sessions at Okta"},
		"reads, and more":         {roles("READ_ONLY_ADMIN", "HELP_DESK_ADMIN"), "api token rights", doctor.OK, "HELP_DESK_ADMIN"},
		"of no role":              {roles(), "api token rights", doctor.Unknown, "does not say which roles"},
		"of which role":           {refuse("roles", always, 403, "{}"), "api token rights", doctor.Unknown, "status 403"},
		"of whom":                 {below(map[string]string{"/api/v1/users/me": "{}"}), "api token rights", doctor.Unknown, "whose it is"},
		"young":                   {nil, "api token age", doctor.OK, "made on"},
		"old":                     {func(k *mockokta.Knobs) { k.APITokenMade = time.Now().Add(-400 * 24 * time.Hour) }, "api token age", doctor.Warn, "revoke the old one"},
		"ends soon":               {tokensOf(`"created":"2999-01-01T00:00:00.000Z","expiresAt":"2000-01-01T00:00:00.000Z"`), "api token age", doctor.Warn, "nobody uses for 30 days"},
		"one of several":          {tokensOf(`"created":"2999-01-01T00:00:00.000Z"`, `"created":"2998-01-01T00:00:00.000Z"`), "api token age", doctor.OK, "2 tokens, the oldest made on 2998"},
		"not listed":              {tokensOf(), "api token age", doctor.Unknown, "once a year"},
		"of which age":            {refuse("tokens", always, 403, "{}"), "api token age", doctor.Unknown, "status 403"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken}, knobs: test.knobs}
			expect(t, p.examine(t), test.check, test.mark, test.words)
		})
	}
}
