package oktahttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// Do sends req with a client of [NewClient] and returns the answer's headers and
// body. An answer of a status that is not among want comes with the error of
// [WrongStatus]; without an answer the error is that of [Failed].
func Do(client *http.Client, req *http.Request, want ...int) (http.Header, []byte, error) {
	doing := "ask " + req.URL.Path
	ctx, cancel := context.WithTimeout(req.Context(), client.Timeout)
	defer cancel()
	bounded := *client
	bounded.Timeout = 0 // net/http would watch it with two more goroutines, for it does not know the transport
	resp, err := bounded.Do(req.WithContext(ctx))
	if err != nil {
		return nil, nil, Failed(doing, err)
	}
	body, err := bodyOf(resp)
	if err != nil {
		return nil, nil, Failed(doing, err)
	}
	if !slices.Contains(want, resp.StatusCode) {
		return resp.Header, body, fmt.Errorf("%s: %w", doing, WrongStatus(resp.StatusCode))
	}
	return resp.Header, body, nil
}

// bodyOf is the whole body of an answer, which NewClient has read already.
func bodyOf(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	if read, ok := resp.Body.(wholeBody); ok {
		return read.all, nil
	}
	return readAll(resp.Body, resp.ContentLength)
}

// GetJSON decodes the JSON document at url into v, see [DecodeJSON], and returns
// the answer's headers. Any status but 200 is a *StatusError. 429, 5xx and an answer
// that breaks off are ErrUnreachable; anything but one JSON document of the right
// form, or one over MaxBody, is ErrUntrusted. An empty authorization is not sent.
func GetJSON(ctx context.Context, client *http.Client, url, authorization string, v any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	header, body, err := Do(client, req, http.StatusOK)
	if err != nil {
		return header, err
	}
	if err := DecodeJSON(body, v); err != nil {
		return header, Untrusted("%s does not answer with JSON: %w", req.URL.Path, err)
	}
	return header, nil
}

// DecodeJSON decodes the one JSON document that data holds into v. Numbers whose
// Go type v leaves open become json.Number and so keep their digits, however many
// they are. Of members with the same name the last one counts.
func DecodeJSON(data []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is more after the JSON document")
	}
	return nil
}
