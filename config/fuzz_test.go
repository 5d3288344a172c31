package config_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

// canary goes into every fuzzed value, and must not come out in a message.
const canary = "KanarienvogelQX"

func FuzzLoad(f *testing.F) {
	for _, value := range []string{
		"", "https://acme.okta.com/oauth2/default", "http://localhost:8080", "redis://:pw@localhost:6379/0?addr=h:1",
		hexKey, base64Key + "," + urlKey, "12h", "-1s", "10.0.0.0/8, ::1", "openid profile", "https://https://x", "{x}", "%zz", "a\x00b", "\xff",
	} {
		f.Add(value, "")
		f.Add("", value)
	}
	names := config.Names()
	f.Fuzz(func(t *testing.T, before, after string) {
		env := make(map[string]string)
		for _, name := range names {
			env[name] = before + canary + after
		}
		if _, err := config.Load(env); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("want an error that quotes nothing, got %v", err)
		}
		// The same text in one setting at a time, so that each of them is reached on its own.
		for _, name := range names {
			cfg, err := config.Load(required(map[string]string{name: before + after}))
			if err != nil {
				continue
			}
			if cfg.Port < 1 || cfg.Port > 65535 || cfg.OrgURL() == "" || len(cfg.SessionKeys()) == 0 || len(cfg.SessionKeys()[0]) < 32 {
				t.Errorf("%s=%q gave %+v", name, before+after, cfg)
			}
		}
	})
}

// Whatever a list of groups holds, its JSON says it, and nothing else does.
func FuzzLists(f *testing.F) {
	for _, item := range []string{"Admins", "Sales, North", " padded ", `say "hi"`, "[", "O'Neil's", "é\u2028", "a\x00", "\xff", "", "<>&", "\\u0041"} {
		f.Add(item, "Ops")
		f.Add("Ops", item)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		list := []string{first, second}
		cfg, err := config.Load(required(map[string]string{"REQUIRE_GROUPS": toJSON(t, list)}))
		if err == nil && !slices.Equal(cfg.RequireGroups, list) {
			t.Errorf("got %q, want %q", cfg.RequireGroups, list)
		}
		plain, err := config.Load(required(map[string]string{"REQUIRE_GROUPS": first + "," + second}))
		if err != nil {
			return
		}
		for _, group := range plain.RequireGroups {
			if group == "" || group != strings.TrimSpace(group) || strings.ContainsAny(group, `,"`) && !strings.HasPrefix(first, "[") {
				t.Errorf("%q and %q without quotes gave %q", first, second, plain.RequireGroups)
			}
		}
	})
}

func FuzzEnvironment(f *testing.F) {
	for _, content := range []string{
		"A=1\n", "export A=\"1\"\n", "A='", "A=\"\\n$B ${C}\"\n", "=\n", "A: 1\n", "A", "\ufeffA=1\r\n", "A=\x00\xff", "# c\n\n A = 1 # c\n", "A=$(B)\n",
	} {
		f.Add(content, "")
		f.Add("", content)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		dir := t.TempDir()
		writeFile(t, dir, ".env", before+canary+after)
		writeFile(t, dir, ".okta.env", after)
		env, err := config.Environment(dir, []string{"A=environment"})
		if err != nil {
			if strings.Contains(err.Error(), canary) {
				t.Errorf("the error quotes the file: %v", err)
			}
			return
		}
		if env["A"] != "environment" {
			t.Errorf("A is %q, want the environment's", env["A"])
		}
	})
}

// FuzzClientKey holds that no text makes reading a client key panic, that what is taken
// is one key with a name, and that a complaint quotes nothing of it.
func FuzzClientKey(f *testing.F) {
	for _, seed := range []string{
		"-----BEGIN PRIVATE KEY-----\nQ2FuYXJ5MTIz\n-----END PRIVATE KEY-----\n", "-----BEGIN EC PARAMETERS-----\n\n-----END EC PARAMETERS-----\n",
		`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}`, `{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB","p":"AQ","q":"AQ"}`,
		`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`, `{"kty":"oct","k":"AA"}`, `{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}`, `{`, `{}`, `{"keys":[]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := config.Load(withKey(map[string]string{"OKTA_OAUTH2_CLIENT_KEY": text}))
		if err != nil {
			if len(text) > 40 && strings.Contains(err.Error(), text) {
				t.Errorf("quoted: %v", err)
			}
			return
		}
		if key, _ := keySet(t, cfg).Key(0); key.KeyID() == "" {
			t.Error("a key without a name")
		}
	})
}
