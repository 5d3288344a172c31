package underway

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/okta-gin/session/internal/cookie"
)

var chunkSuffix = regexp.MustCompile(`_[0-9]$`)

// CheckSessionName refuses names for a session's cookie that are no tokens, leave no room
// for a value, have a prefix that means something to browsers, or are what another app's
// cookies beside its session may be called.
func CheckSessionName(base string) error {
	const longest = 64
	lower := strings.ToLower(base)
	switch {
	case !cookie.IsToken(base) || len(base) > longest:
		return fmt.Errorf("session: cookie name %q: want 1 to %d characters of a token (RFC 9110)", base, longest)
	case strings.HasPrefix(lower, "__host-") || strings.HasPrefix(lower, "__secure-"):
		return fmt.Errorf("session: cookie name %q: leave out the prefix, https adds it", base)
	case strings.Contains(base, "_form_") || strings.HasSuffix(base, "_person"):
		return fmt.Errorf("session: cookie name %q: what another app keeps of forms may be called that", base)
	case strings.Contains(base, attemptSuffix) || strings.HasSuffix(base, signOutSuffix) || chunkSuffix.MatchString(base):
		return fmt.Errorf("session: cookie name %q: another app's sign-ins or chunks may be called that", base)
	default:
		return nil
	}
}
