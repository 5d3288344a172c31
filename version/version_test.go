package version_test

import (
	"runtime/debug"
	"testing"

	"example.com/okta-gin/version"
)

const commit = "cd2c97e0123456789abcdef0123456789abcdef0"

func TestOf(t *testing.T) {
	t.Parallel()
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{
			{Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: "2026-11-26T11:45:00Z"}, {Key: "vcs.modified", Value: modified},
		}
	}
	for name, test := range map[string]struct {
		module   string
		settings []debug.BuildSetting
		release  string
		want     string
		wantLine string
	}{
		"a tag": {
			module: "v1.2.3", settings: vcs("false"),
			want: "v1.2.3", wantLine: "okta-gin v1.2.3, commit " + commit + " of 2026-11-26T11:45:00Z, go1.26.8",
		},
		"a tag with changes": {
			module: "v1.2.3+dirty", settings: vcs("true"),
			want: "v1.2.3+dirty", wantLine: "okta-gin v1.2.3+dirty, commit " + commit + " of 2026-11-26T11:45:00Z, go1.26.8",
		},
		"a commit": {
			module: "v0.0.0-20261126114500-cd2c97e01234", settings: vcs("false"),
			want: "cd2c97e01234", wantLine: "okta-gin cd2c97e01234, commit " + commit + " of 2026-11-26T11:45:00Z, go1.26.8",
		},
		"a commit with changes": {
			module: "v0.0.0-20261126114500-cd2c97e01234+dirty", settings: vcs("true"),
			want: "cd2c97e01234-dirty", wantLine: "okta-gin cd2c97e01234-dirty, commit " + commit + " of 2026-11-26T11:45:00Z, go1.26.8",
		},
		"installed from a module proxy": {module: "v1.2.3", want: "v1.2.3", wantLine: "okta-gin v1.2.3, go1.26.8"},
		"an archive":                    {module: "(devel)", release: "v1.2.3", want: "v1.2.3", wantLine: "okta-gin v1.2.3, go1.26.8"},
		"nothing known":                 {module: "(devel)", want: "devel", wantLine: "okta-gin devel, go1.26.8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: test.module}, Settings: test.settings}
			got := version.Of(info, test.release)
			if got.Name != test.want {
				t.Errorf("got the name %q, want %q", got.Name, test.want)
			}
			if got.String() != test.wantLine {
				t.Errorf("got the line %q, want %q", got, test.wantLine)
			}
		})
	}
}

func TestOfNothing(t *testing.T) {
	t.Parallel()
	if got := version.Of(&debug.BuildInfo{}, "").String(); got != "okta-gin devel" {
		t.Errorf("got %q", got)
	}
}
