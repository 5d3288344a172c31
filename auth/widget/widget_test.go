package widget_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/language"
)

const folder = "dist"

// sums reads the checksums by the names of the files.
func sums(t *testing.T) map[string]string {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(folder, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || byName[name] != "" {
			t.Fatalf("the line %q", line)
		}
		byName[name] = sum
	}
	return byName
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}

func unzip(t *testing.T, content []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestTheFilesAreOktas(t *testing.T) {
	t.Parallel()
	want := sums(t)
	size := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		name := filepath.ToSlash(strings.TrimPrefix(path, folder+string(filepath.Separator)))
		if err != nil || entry.IsDir() || name == "SHA256SUMS" {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		size += len(content)
		if sum(content) != want[name] {
			t.Errorf("%s is not what SHA256SUMS says", name)
		}
		delete(want, name)
		original, zipped := strings.CutSuffix(name, ".gz")
		if !zipped {
			return nil
		}
		if sum(unzip(t, content)) != want[original] {
			t.Errorf("%s does not hold the original", name)
		}
		delete(want, original)
		if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(original)+".br")); err != nil {
			t.Errorf("%s: %v", original, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
	if size > 1_900_000 {
		t.Errorf("the files have %d bytes, and the binary is to grow by less than 2 MB", size)
	}
}

// get asks for a file as a browser that understands accept.
func get(f *widget.Files, method, name, accept string) (*httptest.ResponseRecorder, bool) {
	r := httptest.NewRequest(method, "/", nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	return w, f.Serve(w, r, name)
}

func TestServe(t *testing.T) {
	t.Parallel()
	files, err := widget.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	want := sums(t)
	const script = "js/okta-sign-in.min.js"
	for accept, coding := range map[string]string{
		"gzip, deflate, br, zstd": "br", "br": "br", "BR;q=0.5": "br", "gzip": "gzip", "gzip, br;q=0": "gzip", "x-gzip, deflate": "",
		"br;q=0.0, gzip;q=nonsense": "", "": "", "*": "", "identity": "",
	} {
		w, ok := get(files, http.MethodGet, "/"+files.Version()+"/"+script, accept)
		body := w.Body.Bytes()
		got := w.Header().Get("Content-Encoding")
		switch {
		case !ok || got != coding:
			t.Errorf("%q: served %t, coded %q, want %q", accept, ok, got, coding)
		case coding == "br" && sum(body) != want[script+".br"], coding == "gzip" && sum(unzip(t, body)) != want[script], coding == "" && sum(body) != want[script]:
			t.Errorf("%q: it is another file", accept)
		}
		if h := w.Header(); h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%q: headers %v", accept, h)
		}
	}
	for name, kind := range map[string]string{
		"start.js": "text/javascript; charset=utf-8", "theme.css": "text/css; charset=utf-8", "font/inter-latin-400-normal.woff2": "font/woff2",
		"img/icons/mfa/password_70x70.png": "image/png", "labels/json/login_pt_BR.json": "application/json", "img/icons/identifier/user-icon.svg": "image/svg+xml",
	} {
		if w, ok := get(files, http.MethodGet, files.Version()+"/"+name, "br"); !ok || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: served %t as %s, %d bytes", name, ok, w.Header().Get("Content-Type"), w.Body.Len())
		}
	}
	if w, ok := get(files, http.MethodHead, files.Version()+"/start.js", ""); !ok || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: served %t, %d bytes", ok, w.Body.Len())
	}
	for _, name := range []string{
		"", "/", "start.js", "7.0.0-0000000000000000/start.js", files.Version() + "/", files.Version() + "/VERSION", files.Version() + "/SHA256SUMS",
		files.Version() + "/" + script + ".gz", files.Version() + "/../widget.go", files.Version() + "/labels/json/login_nl.json",
	} {
		if w, ok := get(files, http.MethodGet, name, "br"); ok || w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("%q is served: %v", name, w.Header())
		}
	}
}

func texts(t *testing.T) *language.Texts {
	t.Helper()
	all, err := language.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newWidget(t *testing.T) *widget.Widget {
	t.Helper()
	w, err := widget.New(widget.Settings{
		Files: "/portal/widget/", Org: "https://acme.okta.com", Issuer: "https://acme.okta.com/oauth2/default", ClientID: "0oa1",
		RedirectURI: "https://app.example/callback", Scopes: []string{"openid", "email"}, ResponseMode: "form_post", Report: "/problem",
		Texts: texts(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// shown is what the page's script reads.
func shown(t *testing.T, w *widget.Widget, in widget.SignIn) (map[string]any, widget.Parts) {
	t.Helper()
	parts, err := w.Show(in)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(parts.Body)))
	if err != nil {
		t.Fatal(err)
	}
	var config struct{ Widget map[string]any }
	if err := json.Unmarshal([]byte(doc.Find("#sign-in-widget").AttrOr("data-config", "")), &config); err != nil {
		t.Fatal(err)
	}
	return config.Widget, parts
}

func TestShow(t *testing.T) {
	t.Parallel()
	w := newWidget(t)
	in := widget.SignIn{
		State: "the-state", Nonce: "the-nonce", Challenge: "the-challenge", MaxAge: "0", ACR: "urn:okta:loa:2fa:any",
		LoginHint: `"><script>alert(1)</script>`, OTP: "123456", RecoveryToken: "rt", ActivationToken: "at",
		Words: texts(t).Tagged("de"), Hosted: "/login?x=1&y=2", CSPNonce: "N0NCE",
	}
	identity, parts := shown(t, w, in)
	for name, want := range map[string]string{
		"issuer": "https://acme.okta.com/oauth2/default", "clientId": "0oa1", "state": "the-state", "nonce": "the-nonce", "codeChallenge": "the-challenge",
		"codeChallengeMethod": "S256", "language": "de", "username": in.LoginHint, "otp": "123456", "recoveryToken": "rt",
	} {
		if identity[name] != want {
			t.Errorf("%s is %v, want %q", name, identity[name], want)
		}
	}
	if params, _ := identity["authParams"].(map[string]any); params["maxAge"] != "0" || params["acrValues"] != in.ACR || params["activationToken"] != "at" {
		t.Errorf("authParams are %v", params)
	}
	if _, classic := identity["useClassicEngine"]; classic {
		t.Error("Identity Engine is Classic")
	}
	for _, want := range []string{"script-src 'nonce-N0NCE';", "connect-src 'self' https://acme.okta.com;", "img-src 'self' data: https://acme.okta.com;", "frame-ancestors 'none'", "default-src 'none'"} {
		if !strings.Contains(parts.Policy, want) {
			t.Errorf("the policy lacks %s: %s", want, parts.Policy)
		}
	}
	if strings.Contains(parts.Policy, "unsafe") || strings.Contains(string(parts.Body), "<script") {
		t.Errorf("policy %s, body %s", parts.Policy, parts.Body)
	}
	if head := string(parts.Head); strings.Count(head, `<script nonce="N0NCE"`) != strings.Count(head, "<script") || !strings.Contains(head, `"/portal/widget/`+w.Version()+`/css/`) {
		t.Errorf("head %s", head)
	}

	in.Classic = true
	classic, _ := shown(t, w, in)
	params, _ := classic["authParams"].(map[string]any)
	if classic["useClassicEngine"] != true || classic["baseUrl"] != "https://acme.okta.com" || params["codeChallenge"] != "the-challenge" || params["responseMode"] != "form_post" {
		t.Errorf("for Classic: %v", classic)
	}
	if _, given := params["pkce"]; given {
		t.Error("with pkce the widget would drop the challenge")
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	w := newWidget(t)
	for header, want := range map[string]string{
		"": "en", "ar": "ar", "de": "de", "de-AT,de;q=0.9": "de", "fr-CA": "fr", "pt": "pt-BR", "pt-PT": "pt-BR", "es-419, en": "es", "ja": "ja",
		"ar, fr;q=0.5": "ar", "nonsense;;;": "en", "en-GB, de": "en", "\xff": "en",
	} {
		if got, _ := shown(t, w, widget.SignIn{Words: cmp.Or(texts(t).Accepting(header), texts(t).English())}); got["language"] != want {
			t.Errorf("%q: %v, want %s", header, got["language"], want)
		}
	}
}

// TestArabicLabels: they are labels of the widget, with the places and elements that Okta's have.
func TestArabicLabels(t *testing.T) {
	t.Parallel()
	w := newWidget(t)
	read := func(name string) (labels map[string]string) {
		t.Helper()
		answer := httptest.NewRecorder()
		if !w.Serve(answer, httptest.NewRequest(http.MethodGet, "/", nil), w.Version()+"/labels/json/"+name) {
			t.Fatalf("there is no %s", name)
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &labels); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return labels
	}
	places := func(label string) string {
		found := regexp.MustCompile(`\{\d\}|</?\$?\w+`).FindAllString(label, -1)
		slices.Sort(found)
		return strings.Join(found, " ")
	}
	german, arabic := read("login_de.json"), read("login_ar.json")
	for key, label := range arabic {
		if okta, known := german[key]; !known || label == "" || places(label) != places(okta) {
			t.Errorf("%s is %q, in German %q", key, label, okta)
		}
	}
	for _, key := range []string{"primaryauth.title", "primaryauth.username.placeholder", "mfa.challenge.password.placeholder", "errors.E0000004", "forgotpassword", "goback", "mfa.factors.dropdown.sr.text"} {
		if arabic[key] == "" {
			t.Errorf("%s is not in Arabic", key)
		}
	}
	read("country_ar.json")
	for tag, want := range map[string]string{"ar": `lang="ar" dir="rtl"`, "de": `lang="de" dir="ltr"`, "en": `lang="en" dir="ltr"`} {
		parts, err := w.Show(widget.SignIn{Words: texts(t).Tagged(tag)})
		if err != nil || !strings.Contains(string(parts.Body), want) {
			t.Errorf("%s: no %s, %v:\n%s", tag, want, err, parts.Body)
		}
	}
}

func TestProblemsNameThePlace(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("assets/start.js")
	if err != nil {
		t.Fatal(err)
	}
	for reason, place := range map[string]string{
		"origin": "https://app.example: add it as a Trusted Origin with CORS. Admin Console: Security → API → Trusted Origins", "interaction_code": "Grant type",
		"client": "Applications", "okta": "System Log", "unreachable": "OKTA_OAUTH2_ISSUER", "script": "from this app",
	} {
		p, ok := widget.FindProblem(reason, "https://app.example")
		if !ok || p.Reason != "widget_"+reason || !strings.Contains(p.Message, place) {
			t.Errorf("%s: %v %+v", reason, ok, p)
		}
		if !bytes.Contains(script, []byte(`"`+reason+`"`)) {
			t.Errorf("the page's script never says %s", reason)
		}
	}
	if _, ok := widget.FindProblem("else", ""); ok {
		t.Error("any word is a problem")
	}
}
