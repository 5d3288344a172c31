// Package widget is the Okta Sign-In Widget as a part of a page: Okta's files in dist, which
// scripts/widget.sh takes from npm as they are, the script that starts it, the markup around it, and
// what keeps people from seeing it, in words for the operator.
package widget
