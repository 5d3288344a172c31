package packed

import (
	"encoding/base64"
	"strings"

	"example.com/okta-gin/session/internal/seal"
)

// Token is a text that is mostly base64url between dots, such as a JWT, with what that
// stands for: shorter, and the claims in it are like those beside it, which compression
// finds.
type Token struct {
	Parts [][]byte `cbor:"1,keyasint,omitempty"`
	Text  string   `cbor:"2,keyasint,omitempty"` // where it is something else
}

const maxTokenParts = 16

// NewToken returns text as a Token: any text, and String returns it again.
func NewToken(text string) Token {
	if text == "" {
		return Token{}
	}
	texts := strings.Split(text, ".")
	if len(texts) > maxTokenParts {
		return Token{Text: text}
	}
	parts := make([][]byte, len(texts))
	for i, part := range texts {
		var err error
		if parts[i], err = seal.DecodeBase64(part); err != nil {
			return Token{Text: text}
		}
	}
	return Token{Parts: parts}
}

// String returns the text.
func (t Token) String() string {
	if len(t.Parts) == 0 {
		return t.Text
	}
	texts := make([]string, len(t.Parts))
	for i, part := range t.Parts {
		texts[i] = base64.RawURLEncoding.EncodeToString(part)
	}
	return strings.Join(texts, ".")
}
