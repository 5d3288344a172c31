package handlers

import "example.com/okta-gin/templates"

const profilePath = "/authorization-code/profile"

// site is the brand and the navigation of every page.
func site(version string) templates.Site {
	return templates.Site{
		Brand:   "okta-gin",
		Version: version,
		Nav: []templates.NavItem{
			{Path: "/greet", Text: "frame.greeting"},
			{ID: "profile-button", Path: profilePath, Text: "frame.profile"},
		},
	}
}
