package packed

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"

	quick "github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
)

const (
	// What is no longer has little in common with itself.
	plainTo = 512 // bytes

	// What is no longer than s2To is compressed in 2 µs, by what sessions have in common. What is longer, such as a
	// hundred groups, has more in common with itself: 30 µs make a tenth less of it, which has to fit into cookies.
	s2To = 4 << 10

	// deflateLevel makes as few bytes of a session as the standard library's own level does, in half its time.
	deflateLevel = 6

	// The first byte of what is packed.
	formatPlain   = 0
	formatDeflate = 1 // RFC 1951
	formatS2      = 2 // a block of S2, an extension of Snappy, with the dictionary inCommon
)

// inCommon is what Okta writes into the tokens and claims of most people. Another letter in it is another format.
const inCommon = `{"kid":"","alg":"RS256"}{"alg":"RS256","kid":"","typ":"JWT"}` +
	`,"birthdate":"19,"gender":"female","middle_name":","nickname":","profile":"https://,"picture":"https://,"website":"https://,"phone_number":"+1` +
	`{"ver":1,"jti":"AT.","iss":"https://.okta.com/oauth2/default","aud":"api://default","iat":17,"exp":17,"cid":"0oa","uid":"00u",` +
	`"scp":["openid","profile","email","groups","offline_access"],"auth_time":17,"sub":"00u` +
	`{"sub":"00u","name":","email":"@example.com","ver":1,"iss":"https://.okta.com/oauth2/default","aud":"0oa","iat":17,"exp":17,` +
	`"jti":"ID.","amr":["pwd"],"idp":"00o","nonce":","preferred_username":","auth_time":17,"at_hash":"` +
	`{"acr":"urn:okta:loa:1fa:any","amr":["mfa","otp","pwd"],"at_hash":","aud":"0oa","auth_time":17,"email":"@gmail.com","email_verified":true,` +
	`"exp":17,"family_name":","given_name":","groups":["Everyone","Admins"],"iat":17,"idp":"00o","iss":"https://.okta.com/oauth2/default",` +
	`"jti":"ID.","locale":"en_US","name":","nonce":","preferred_username":","sid":"102","sub":"00u","updated_at":17,"ver":1,"zoneinfo":"America/Los_Angeles"}`

// dictionary does not change, and makes its tables once.
var dictionary = s2.MakeDict([]byte(inCommon), nil)

// compress returns a byte that names a format, and b in it.
func (p *Packer) compress(b []byte) ([]byte, error) {
	if len(b) > s2To {
		return p.deflate(b)
	}
	packed := make([]byte, 1+max(len(b), s2.MaxEncodedLen(len(b))))
	if len(b) > plainTo {
		packed[0] = formatS2
		return packed[:1+len(dictionary.Encode(packed[1:], b))], nil
	}
	packed[0] = formatPlain
	return packed[:1+copy(packed[1:], b)], nil
}

// decompress returns what compress got. It returns no more than Max bytes, few though they may come from.
func (p *Packer) decompress(packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, errFormat
	}
	b := packed[1:]
	switch packed[0] {
	case formatPlain:
		return b, nil
	case formatDeflate:
		return p.inflate(b)
	case formatS2:
		size, err := s2.DecodedLen(b)
		if err != nil || size > s2To {
			return nil, errFormat
		}
		return dictionary.Decode(make([]byte, size), b)
	default:
		return nil, errFormat
	}
}

func (p *Packer) deflate(b []byte) ([]byte, error) {
	deflated := bytes.NewBuffer([]byte{formatDeflate})
	w, ok := p.deflaters.Get().(*quick.Writer)
	if ok {
		w.Reset(deflated)
	} else {
		w, _ = quick.NewWriter(deflated, deflateLevel) // fails on unknown levels only
	}
	_, err := w.Write(b)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	p.deflaters.Put(w)
	return deflated.Bytes(), nil
}

func (p *Packer) inflate(b []byte) ([]byte, error) {
	source := bytes.NewReader(b)
	r, ok := p.inflaters.Get().(io.Reader)
	if ok {
		_ = r.(flate.Resetter).Reset(source, nil) // its readers never fail here
	} else {
		r = flate.NewReader(source)
	}
	inflated := bytes.NewBuffer(make([]byte, 0, 3*len(b)))
	if _, err := inflated.ReadFrom(io.LimitReader(r, Max)); err != nil {
		return nil, err
	}
	p.inflaters.Put(r)
	return inflated.Bytes(), nil
}
