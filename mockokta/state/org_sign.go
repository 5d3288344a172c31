package state

import "encoding/json"

// Sign makes a JWT of claims with a published key: the org server's if iss is OrgIssuer, else the custom
// server's. header changes the usual {"kid","alg"}: its members replace or join them, nil members remove them.
// The signature follows alg: RS* and PS* use the key, HS* uses the public key's PEM text as the secret (the
// classic confusion), "none" leaves it empty, anything else gets an RS256 signature.
func (o *Org) Sign(claims map[string]any, header map[string]any) string {
	return SignJSON(o.ringOf(claims["iss"]).Signing(), claims, header)
}

// SignRaw is Sign for any payload, also one that is no JSON object.
func (o *Org) SignRaw(payload []byte, header map[string]any) string {
	var claims struct {
		Issuer any `json:"iss"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		claims.Issuer = nil
	}
	return signWith(o.ringOf(claims.Issuer).Signing(), payload, header)
}

// Forge is Sign with a key that the org never publishes, under the published key's id unless header says
// otherwise.
func (o *Org) Forge(claims map[string]any, header map[string]any) string {
	published := o.ringOf(claims["iss"]).Signing()
	return SignJSON(SigningKey{ID: published.ID, Private: o.Unpublished().Private}, claims, header)
}

func (o *Org) ringOf(issuer any) *Keyring {
	if issuer == o.OwnServer.Issuer {
		return o.OwnServer.Keys
	}
	return o.Custom.Keys
}
