package state

import "strings"

// Assurance ranks the acr_values the org knows; 0 is for those it doesn't.
func Assurance(acr string) int {
	switch acr {
	case "urn:okta:loa:1fa:any", "urn:okta:loa:1fa:pwd":
		return 1
	case "urn:okta:loa:2fa:any", "urn:okta:loa:2fa:any:ifpossible":
		return 2
	case "phr":
		return 3
	case "phrh":
		return 4
	}
	return 0
}

// ChooseACR returns the first of an acr_values parameter that the org knows, or nothing.
func ChooseACR(values string) string {
	for _, value := range strings.Fields(values) {
		if Assurance(value) > 0 {
			return value
		}
	}
	return ""
}
