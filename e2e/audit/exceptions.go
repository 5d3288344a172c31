package audit

// Exception is a rule that is not held against what stands inside an element, and why not.
type Exception struct {
	Rule   string `json:"rule"`
	Inside string `json:"inside"`
	Why    string `json:"-"`
}

// OfTheApp is what axe is not sure of in this app's pages.
func OfTheApp() []Exception {
	return []Exception{
		{Rule: "color-contrast", Inside: ".sky", Why: "a picture: TestGreetingOverItsPicture compares the text with every colour of it"},
		{Rule: "color-contrast", Inside: ".avatar", Why: "a gradient behind initials, which are beside the name in full: a decoration"},
		{Rule: "color-contrast", Inside: "#raw-json", Why: "it scrolls: TestContrast compares its colours"},
		{Rule: "color-contrast", Inside: "dialog.session-time", Why: "it lies over the page: TestContrast compares its colours"},
		{Rule: "th-has-data-cells", Inside: ".claims", Why: "a heading over a group of rows has no cell of its own"},
	}
}

// OfTheWidget is what axe finds in Okta's widget, whose files are not ours to change.
func OfTheWidget() []Exception {
	return []Exception{
		{Rule: "landmark-no-duplicate-main", Inside: "main:has(#okta-sign-in)", Why: "the widget makes its box a main, and a main may have no other role"},
		{Rule: "landmark-main-is-top-level", Inside: "#okta-sign-in", Why: "the same"},
		{Rule: "landmark-unique", Inside: "main:has(#okta-sign-in)", Why: "the same"},
		{Rule: "color-contrast", Inside: ".okta-form-infobox-error", Why: "unsure, for an icon is drawn over its edge: the text has the colours of the page's other texts"},
	}
}
