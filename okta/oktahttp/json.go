package oktahttp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// GetJSON decodes the JSON document at url into v and returns the answer's
// headers. Any status but 200 is a *StatusError. 429, 5xx and an answer that
// breaks off are ErrUnreachable; anything but one JSON document of the right
// form, or one over MaxBody, is ErrUntrusted. An empty authorization is not sent.
func GetJSON(ctx context.Context, client *http.Client, url, authorization string, v any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, Unreachable("ask "+req.URL.Path, err)
	}
	defer resp.Body.Close()
	if err := CheckStatus(resp, http.StatusOK); err != nil {
		return resp.Header, fmt.Errorf("ask %s: %w", req.URL.Path, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, errBodyTooLarge) {
		return resp.Header, Unreachable("read the answer of "+req.URL.Path, err)
	}
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return resp.Header, Untrusted("%s does not answer with JSON: %w", req.URL.Path, err)
	}
	return resp.Header, nil
}
