package config_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		env     string
		oktaEnv string
		want    map[string]string
	}{
		{name: "no files", environ: []string{"A=1", "B=x=y", "EMPTY="}, want: map[string]string{"A": "1", "B": "x=y", "EMPTY": ""}},
		{
			name:    "environment, .env, .okta.env",
			environ: []string{"A=environment"},
			env:     "A=env\nB=env\n",
			oktaEnv: "A=okta\nB=okta\nC=okta\n",
			want:    map[string]string{"A": "environment", "B": "env", "C": "okta"},
		},
		{
			name:    "as Okta's tools write it",
			oktaEnv: "export OKTA_OAUTH2_ISSUER=\"https://acme.okta.com/oauth2/default\"\nexport OKTA_OAUTH2_CLIENT_ID='0oa1'\n",
			want:    map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1"},
		},
		{name: "empty in the environment counts", environ: []string{"A="}, env: "A=env\n", want: map[string]string{"A": ""}},
		{name: "empty in a file does not", env: "A=\n", oktaEnv: "A=okta\n", want: map[string]string{"A": "okta"}},
		{name: "a file's twin gives way", environ: []string{"S_FILE=/run/s"}, env: "S=env\n", want: map[string]string{"S_FILE": "/run/s"}},
		{name: "a file's twin gives way, other way round", environ: []string{"S=1"}, env: "S_FILE=/run/s\n", want: map[string]string{"S": "1"}},
		{name: "twins in one file both stay", env: "S=1\nS_FILE=/run/s\n", want: map[string]string{"S": "1", "S_FILE": "/run/s"}},
		{name: "byte order mark and CRLF", env: "\ufeffA=1\r\n# comment\r\nB=2 # comment\r\n", want: map[string]string{"A": "1", "B": "2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if test.env != "" {
				writeFile(t, dir, ".env", test.env)
			}
			if test.oktaEnv != "" {
				writeFile(t, dir, ".okta.env", test.oktaEnv)
			}
			got, err := config.Environment(dir, test.environ)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEnvironmentErrors(t *testing.T) {
	t.Parallel()
	const form = "expected NAME=value in UTF-8; a value that begins with a quote must end with one"
	tests := []struct {
		name, content string
		want          string
	}{
		{"no equals sign", "A=1\ns3cr3t\nB=2\n", "/.env, line 2: " + form},
		{"no equals sign at the end", "A=1\n\n# comment\ns3cr3t", "/.env, line 4: " + form},
		{"no equals sign in the first line", "s3cr3t", "/.env, line 1: " + form},
		{"open quote", "A=1\nB=2\nC=\"s3cr3t\nD=4\n", "/.env, line 3: " + form},
		{"open quote after a closed one", "A='1\n2'\nC='s3cr3t\n", "/.env, line 3: " + form},
		{"bad name", "A=1\nA-B=s3cr3t\n", "/.env, line 2: " + form},
		{"space in the name", "A=1\nMY SECRET=s3cr3t\n", "/.env, line 2: " + form},
		{"no name", "=s3cr3t\n", "/.env, line 1: " + form},
		{"two in one line", "A='1'B=s3cr3t\n", "/.env, line 1: " + form},
		{"not UTF-8", "A=1\nB=s3cr3t\xfc\n", "/.env, line 2: " + form},
		{"quoted without an end", "A=1\nB='" + strings.Repeat("s3cr3t\n", 9000), "/.env, line 2: " + form},
		{"quoted for longer than any value", "A='" + strings.Repeat("s3cr3t\n", 101) + "'\n", "/.env, line 1: " + form},
		{"expansion of no setting", "A=1\nB=s3cr3t$A\n", "/.env, line 2: the value has a $ that would be taken for a variable; put the value between 'single quotes'"},
		{"large", "A=" + strings.Repeat("s3cr3t", 1<<14), "/.env: cannot be read: it is larger than 64 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, dir, ".env", test.content)
			_, err := config.Environment(dir, nil)
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := complaints(err); len(got) != 1 || got[0] != dir+test.want+".\n" {
				t.Errorf("got %q, want %q", got, dir+test.want)
			}
		})
	}
}

func TestEnvironmentRefusesExpansions(t *testing.T) {
	t.Parallel()
	const wrong = ", has a $ that would be taken for a variable; put the value between 'single quotes'"
	for _, value := range []string{
		"s3cr3t$WORD", `"s3cr3t$WORD"`, "s3cr3t${WORD}", "$WORD", "s3cr3t$Word", "s3cr3t$1", `s3cr3t\$WORD`, "s3cr3t$(WORD)", "\"s3cr3t\n$WORD\"",
	} {
		dir := t.TempDir()
		writeFile(t, dir, ".env", "# $WORD\n\nWORD='x'\nOKTA_OAUTH2_CLIENT_SECRET="+value+"\n")
		_, err := config.Environment(dir, nil)
		if err == nil {
			t.Errorf("%s was accepted", value)
			continue
		}
		line := 4 + strings.Count(value, "\n")
		want := fmt.Sprintf("OKTA_OAUTH2_CLIENT_SECRET in %s/.env, line %d%s.\n", dir, line, wrong)
		if got := complaints(err); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
		if strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the message quotes the value: %v", err)
		}
	}
}

func TestEnvironmentTakesDollarsThatExpandNothing(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"'pa$WORD'":      "pa$WORD",
		"'pa${WORD}#x'":  "pa${WORD}#x",
		"'a b%c+d:e\"ü'": "a b%c+d:e\"ü",
		"cash$":          "cash$",
		"a$b":            "a$b",
		`"a\$WORD"`:      "a$WORD",
		`'["Sales, North"," padded ","say \"hi\""]'`: `["Sales, North"," padded ","say \"hi\""]`,
		`["O'Neil, J","R&D"]`:                        `["O'Neil, J","R&D"]`,
	} {
		dir := t.TempDir()
		writeFile(t, dir, ".env", "REQUIRE_GROUPS="+written+" # $WORD\n")
		env, err := config.Environment(dir, nil)
		if err != nil || env["REQUIRE_GROUPS"] != want {
			t.Errorf("%s: got %q, error %v, want %q", written, env["REQUIRE_GROUPS"], err, want)
		}
	}
}

func TestReadReportsFilesAndSettingsTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", "OKTA_OAUTH2_CLIENT_SECRET=s3cr3t$WORD\nREQUIRE_GROUP=Admins\n")
	_, err := config.Read(dir, []string{"OKTA_OAUTH2_ISSUER=https://acme.okta.com", "PORT=http"})
	if err == nil {
		t.Fatal("was accepted")
	}
	got := complaints(err)
	want := []string{"REQUIRE_GROUP is no setting; ", "OKTA_OAUTH2_CLIENT_ID is missing.", "OKTA_OAUTH2_CLIENT_SECRET in " + dir + "/.env, line 1, ", "PORT must be "}
	if len(got) != len(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("line %d is %q, want it to begin with %q", i, got[i], want[i])
		}
	}
}

// What a file cannot say must not be called missing.
func TestReadReportsUnreadableFilesAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", "oops")
	_, err := config.Read(dir, nil)
	if err == nil {
		t.Fatal("was accepted")
	}
	if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], dir+"/.env, line 1: ") {
		t.Errorf("got %q, want one line about the file", got)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", "OKTA_OAUTH2_CLIENT_SECRET='pa$WORD'\nOKTA_OAUTH2_CLIENT_ID=0oa1\n")
	cfg, err := config.Read(dir, []string{"OKTA_OAUTH2_ISSUER=https://acme.okta.com"})
	if err != nil || cfg.ClientSecret.Reveal() != "pa$WORD" {
		t.Errorf("got %q, error %v", cfg.ClientSecret.Reveal(), err)
	}
}

func TestEnvironmentReportsBothFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", "oops")
	if err := os.Mkdir(dir+"/.okta.env", 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := config.Environment(dir, nil)
	if err == nil {
		t.Fatal("was accepted")
	}
	for _, want := range []string{"/.env, line 1: ", "/.okta.env: cannot be read: is a directory"} {
		if !strings.Contains(err.Error(), dir+want) {
			t.Errorf("got %q, want it to hold %q", err, want)
		}
	}
}

// exampleLine matches a setting of .env.example, whether commented out or not.
var exampleLine = regexp.MustCompile(`(?m)^(#?)([A-Z][A-Z0-9_]*)=(.*)$`)

func TestEnvExampleHoldsEverySetting(t *testing.T) {
	t.Parallel()
	content := readExample(t)
	var inFile []string
	for _, match := range exampleLine.FindAllStringSubmatch(content, -1) {
		inFile = append(inFile, match[2])
	}
	inCode := config.Names()
	slices.Sort(inFile)
	slices.Sort(inCode)
	if !slices.Equal(inFile, inCode) {
		t.Errorf(".env.example has\n%q\nthe code has\n%q", inFile, inCode)
	}
}

func TestEnvExampleShowsTheDefaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", exampleLine.ReplaceAllString(readExample(t), "$2=$3"))
	env, err := config.Environment(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, want := mustLoad(t, env), mustLoad(t, nil)
	got.SessionSecrets, want.SessionSecrets = nil, nil
	if gotJSON, wantJSON := toJSON(t, got), toJSON(t, want); gotJSON != wantJSON {
		t.Errorf("with every line of .env.example:\n%s\nwithout:\n%s", gotJSON, wantJSON)
	}
}

// The comments show how a list holds what its own form does not.
func TestEnvExampleShowsLists(t *testing.T) {
	t.Parallel()
	shown := regexp.MustCompile(`(?m)^#   (REQUIRE_GROUPS=.+)$`).FindStringSubmatch(readExample(t))
	if shown == nil {
		t.Fatal("no such line")
	}
	dir := t.TempDir()
	writeFile(t, dir, ".env", shown[1]+"\n")
	env, err := config.Environment(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Sales, North", " padded ", `say "hi"`, "O'Neil's"}
	if got := mustLoad(t, env).RequireGroups; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvExampleAsItIsLacksTheRequiredThree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, dir, ".env", readExample(t))
	env, err := config.Environment(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = config.Load(env)
	if err == nil {
		t.Fatal("was accepted")
	}
	if got := complaints(err); len(got) != 3 {
		t.Errorf("got %q, want the three required settings", got)
	}
}

func readExample(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
