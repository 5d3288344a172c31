// Package version says which build of the program this is.
package version

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"
)

// release is the name that the linker gives a build outside a repository, such as
// that of an archive: -ldflags "-X example.com/okta-gin/version.release=v1.2.3".
var release string

// revisionDigits are how many digits of a commit are shown.
const revisionDigits = 12

// Version is a build of the program.
type Version struct {
	// Name is short: the tag of a release, the digits of another commit, with -dirty
	// where files differed from it, or "devel" where nothing is known.
	Name string
	// Commit, CommittedAt (RFC 3339) and Go are empty where they are not known.
	Commit, CommittedAt, Go string
}

// Current is the build that is running.
func Current() Version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return Of(info, release)
}

// Of is the build that info describes. A release that is not empty is its name.
func Of(info *debug.BuildInfo, release string) Version {
	settings := make(map[string]string)
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	v := Version{Commit: settings["vcs.revision"], CommittedAt: settings["vcs.time"], Go: info.GoVersion}
	short := v.Commit[:min(len(v.Commit), revisionDigits)]
	tag := info.Main.Version
	if tag == "(devel)" || short != "" && strings.Contains(tag, short) { // Go makes a name of the commit where there is no tag
		tag = ""
	}
	if tag == "" && short != "" && settings["vcs.modified"] == "true" {
		short += "-dirty"
	}
	v.Name = cmp.Or(release, tag, short, "devel")
	return v
}

// String is a line about the build.
func (v Version) String() string {
	line := "okta-gin " + v.Name
	if v.Commit != "" {
		line += fmt.Sprintf(", commit %s of %s", v.Commit, v.CommittedAt)
	}
	if v.Go != "" {
		line += ", " + v.Go
	}
	return line
}
