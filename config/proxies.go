package config

import (
	"math"
	"net/netip"
	"slices"
)

// parseProxies reads a list of CIDRs and addresses.
func parseProxies(text string) (any, error) {
	items, err := splitList(text)
	if err != nil {
		return nil, err
	}
	var prefixes []netip.Prefix
	for _, item := range items {
		prefix, ok := parseProxy(item)
		if !ok {
			return nil, invalid("must be addresses or CIDRs separated by commas, such as 10.0.0.0/8")
		}
		if isWide(prefix) {
			return nil, invalid("must not hold a network wider than /8 (IPv6: /16), or strangers could forge X-Forwarded-For; name your proxy's network")
		}
		prefixes = append(prefixes, prefix)
	}
	if shareOfIPv4(prefixes) >= 0.25 {
		return nil, invalid("must not cover a quarter of all IPv4 addresses, or strangers could forge X-Forwarded-For; name your proxy's network")
	}
	return prefixes, nil
}

// parseProxy takes an IPv4 address in IPv6 clothes for what it is.
func parseProxy(item string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(item)
	if address, addressErr := netip.ParseAddr(item); addressErr == nil && address.Zone() == "" {
		prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
	}
	if err != nil {
		return netip.Prefix{}, false
	}
	if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return prefix.Masked(), true
}

// isWide makes an exception for IPv6's private (fc00::/7) and link-local (fe80::/10) networks.
func isWide(prefix netip.Prefix) bool {
	address, bits := prefix.Addr(), prefix.Bits()
	switch {
	case address.Is4():
		return bits < 8
	case address.IsPrivate():
		return bits < 7
	case address.IsLinkLocalUnicast():
		return bits < 10
	default:
		return bits < 16
	}
}

// shareOfIPv4 is the part of all IPv4 addresses that prefixes cover together. A list is too short to
// cover much of IPv6 with what isWide lets through.
func shareOfIPv4(prefixes []netip.Prefix) float64 {
	var sum float64
	for i, prefix := range prefixes {
		if prefix.Addr().Is4() && !coveredByAnother(prefixes, i) {
			sum += math.Pow(2, -float64(prefix.Bits()))
		}
	}
	return sum
}

// coveredByAnother lets the first of equal ones count.
func coveredByAnother(prefixes []netip.Prefix, i int) bool {
	prefix := prefixes[i]
	return slices.Contains(prefixes[:i], prefix) || slices.ContainsFunc(prefixes, func(other netip.Prefix) bool {
		return other.Bits() < prefix.Bits() && other.Overlaps(prefix)
	})
}
