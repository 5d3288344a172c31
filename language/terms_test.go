package language_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

// terms are English words, and what each language says for them wherever they occur.
var terms = []struct {
	english string
	others  map[string]string
}{
	{`\b([Tt]his|[Tt]he|[Aa]n|your) app\b`, map[string]string{"de": "Anwendung", "es": "aplicación", "fr": "application", "pt": "aplicação", "ja": "アプリ", "ar": "تطبيق"}},
	{`\bsessions?\b`, map[string]string{"de": "[Ss]itzung", "es": "[Ss]esi", "fr": "[Ss]ession", "pt": "[Ss]ess", "ja": "セッション", "ar": "جلس"}},
	{`\b[Ss]ign(ed|ing)? in\b|\bsign-ins?\b`, map[string]string{"de": "(?i)(ab|an)(ge)?meld|meld.* (ab|an)", "es": "[Ss]esi|entrar", "fr": "(?i)conne[cx]|ouverte", "pt": "[Ss]ess", "ja": "サインイン", "ar": "دخول|دخل|داخل|جلس"}},
	{`\b[Ss]ign(ed|ing)?( you)? out\b`, map[string]string{"de": "(?i)ab(ge|zu)?meld|meld.* ab", "es": "(?i)c(err|iérr)", "fr": "(?i)déconne[cx]", "pt": "[Ee]ncerr", "ja": "サインアウト", "ar": "خروج|الخروج|تنته"}},
	{`\bpasswords?\b`, map[string]string{"de": "Passwort", "es": "contraseña", "fr": "mot de passe", "pt": "senha", "ja": "パスワード", "ar": "كلمة (ال)?مرور"}},
	{`\bcookies?\b`, map[string]string{"de": "Cookies", "es": "cookies", "fr": "cookie", "pt": "cookies", "ja": "Cookie", "ar": "ملفات (تعريف ارتباط|تعريف الارتباط)"}},
	{`\bbrowsers?\b`, map[string]string{"de": "Browser", "es": "navegador", "fr": "navigateur", "pt": "navegador", "ja": "ブラウザー", "ar": "متصفح"}},
	{`\b[Aa]ccess token\b`, map[string]string{"de": "Zugriffstoken", "es": "token de acceso", "fr": "jeton d’accès", "pt": "token de acesso", "ja": "アクセストークン", "ar": "رمز (ال)?وصول"}},
	{`\bID token\b`, map[string]string{"de": "ID-Token", "es": "token de identidad", "fr": "jeton d’identité", "pt": "token de identidade", "ja": "ID トークン", "ar": "رمز (ال)?هوية"}},
	{`\b[Ss]copes?\b`, map[string]string{"de": "Scope", "es": "[Áá]mbito", "fr": "[Pp]ortée", "pt": "[Ee]scopo", "ja": "スコープ", "ar": "نطاق"}},
	{`\brequest (ID|id)\b`, map[string]string{"de": "Anfrage-ID", "es": "identificador de solicitud", "fr": "identifiant de requête", "pt": "identificador de solicitação", "ja": "リクエスト ID", "ar": "معرِّف الطلب"}},
	{`\baccount\b`, map[string]string{"de": "Konto", "es": "cuenta", "fr": "compte", "pt": "conta", "ja": "アカウント", "ar": "حساب"}},
	{`\bgroups?\b`, map[string]string{"de": "Gruppe", "es": "grupo", "fr": "groupe", "pt": "grupo", "ja": "グループ", "ar": "مجموع"}},
	{`(?i)\bplease\b`, map[string]string{"de": "(?i)bitte", "es": "por favor", "fr": "(?i)veuillez", "pt": "(?i)por favor", "ja": "ください", "ar": "يُرجى"}},
}

// TestTermsStayTheSame: what English calls one thing, every language calls one thing.
func TestTermsStayTheSame(t *testing.T) {
	t.Parallel()
	english := file(t, "en")
	for _, tag := range spoken {
		own := file(t, tag)
		for _, term := range terms {
			if term.others[tag] == "" {
				continue
			}
			says, means := regexp.MustCompile(term.english), regexp.MustCompile(term.others[tag])
			for _, id := range slices.Sorted(maps.Keys(english)) {
				if says.MatchString(english[id].Other) && !means.MatchString(own[id].Other) {
					t.Errorf("%s: %s has nothing like %q for what is %q in English: %s", tag, id, term.others[tag], english[id].Other, own[id].Other)
				}
			}
		}
	}
}

// odd is what a language does not write: how it would be wrong, and why.
var odd = map[string]map[string]string{
	"de": {`(?i)\b(du|dein\w*|dir|dich)\b`: "people are Sie", `(^|[ (])Apps?\b`: "it is Anwendung", `"`: "quotes are „ and “", `'`: "the apostrophe is ’", `[Cc]odier`: "it is kodiert"},
	"en": {`[’“”„«»]`: "the code has ' and \""},
	"es": {`(?i)\b(tú|tu|tus|ti|vosotros)\b`: "people are usted", `(^|[^¿])\b(Qué|Cuál)[^?]*\?`: "questions begin with ¿", `"`: "quotes are « and »"},
	"fr": {`(?i)(^|[^\pL])(tu|toi|ton|tes)($|[^\pL])`: "people are vous", ` [:;?!»]|« `: "that space must not break", `[^\x{202f}][;?!]`: "a narrow space goes before (U+202F)", `[^\x{a0}]:`: "a space goes before (U+00A0)", `'`: "the apostrophe is ’", `"`: "quotes are « and »"},
	"pt": {`(?i)utilizador|palavra-passe|ficheiro|contact|\bregisto|telefónic|\bsi\b|termin(e|ar)\b`: "it is the Portuguese of Brazil", `"`: "quotes are “ and ”"},
	"ja": {`あなた`: "people are お客様", `[?!]`: "marks are wide", `[()]`: "brackets are wide", `[、。] [^{]*$`: "no space goes after a mark"},
	"ar": {`[,;?]`: "marks are ، ؛ ؟", `نرجو|يرجى`: "it is يُرجى"},
}

// TestTextsAreWrittenWell holds the texts to how each language writes.
func TestTextsAreWrittenWell(t *testing.T) {
	t.Parallel()
	for _, tag := range spoken {
		own := file(t, tag)
		for wrong, why := range odd[tag] {
			pattern := regexp.MustCompile(wrong)
			for _, id := range slices.Sorted(maps.Keys(own)) {
				for _, words := range formsIn(own[id]) {
					if found := pattern.FindString(words); found != "" {
						t.Errorf("%s: %s has %q: %s: %s", tag, id, found, why, words)
					}
				}
			}
		}
	}
}
