package emulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Kinds of tokens that a request can come with.
const (
	secretKey    = "secret"
	publicKey    = "public"
	serviceToken = "service"
)

// keyKind tells what a token is: by the lists of the options and the world, or
// else by its beginning. known is false where a list of its kind leaves it out.
func (e *Emulator) keyKind(token string) (kind string, known bool) {
	secrets := e.opts.APIKeys
	if len(secrets) == 0 {
		secrets = e.world.APIKeys
	}
	lists := map[string][]string{secretKey: secrets, publicKey: e.world.PublicKeys, serviceToken: e.world.ServiceTokens}
	for kind, list := range lists {
		if slices.Contains(list, token) {
			return kind, true
		}
	}
	kind = serviceToken
	switch {
	case strings.HasPrefix(token, "pk_"):
		kind = publicKey
	case strings.HasPrefix(token, "sk_"):
		kind = secretKey
	}
	return kind, len(lists[kind]) == 0
}

// admit checks the bearer token against what the route wants.
func (e *Emulator) admit(r *route, req *http.Request) *apiError {
	if r.access == anyone {
		return nil
	}
	token, ok := strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if token = strings.TrimSpace(token); !ok || token == "" {
		return fault(http.StatusUnauthorized, authentication, "api_key_missing", "No valid API key provided: send it as a bearer token")
	}
	kind, known := e.keyKind(token)
	forUser := r.access == inApp && kind == publicKey
	switch {
	case (r.access == public || r.access == inApp) && kind != secretKey && !forUser:
		return fault(http.StatusForbidden, authentication, "incorrect_token_type", "This endpoint needs a secret API key (sk_…); this is a %s one", kind)
	case r.access == managed && kind != serviceToken:
		return fault(http.StatusForbidden, authentication, "incorrect_token_type", "This endpoint needs a service token; this is a %s API key", kind)
	case slices.Contains(e.world.ExpiredKeys, token):
		return fault(http.StatusUnauthorized, authentication, "api_key_expired", "This API key has expired")
	case !known:
		return fault(http.StatusUnauthorized, authentication, "authentication_required", "This key is not valid")
	case forUser:
		return e.admitUser(req)
	}
	return nil
}

// admitUser checks the form of the token that stands for a user: a JWT, signed
// with RS256, that is of the user in the path and has not expired. Nothing here
// knows the key that it was signed with.
func (e *Emulator) admitUser(req *http.Request) *apiError {
	token := cmp.Or(req.Header.Get("X-Knock-User-Token"), req.URL.Query().Get("user_token"))
	if token == "" && !e.world.SignedTokens {
		return nil
	}
	var head struct {
		Algorithm string `json:"alg"`
	}
	var claims struct {
		Subject string  `json:"sub"`
		Expires float64 `json:"exp"`
	}
	parts := strings.Split(token, ".")
	user := req.PathValue("user_id")
	switch {
	case len(parts) != 3 || parts[2] == "" || !readPart(parts[0], &head) || !readPart(parts[1], &claims) || head.Algorithm != "RS256":
		return fault(http.StatusUnauthorized, authentication, "authentication_required", "The user token is no JWT signed with RS256")
	case user != "" && claims.Subject != user:
		return fault(http.StatusForbidden, authentication, "authentication_required", "The user token is of another user than %q", user)
	case claims.Expires != 0 && stamp(claims.Expires*1e6) < stampOf(e.Now()):
		return fault(http.StatusUnauthorized, authentication, "authentication_required", "The user token has expired")
	}
	return nil
}

// readPart decodes one part of a JWT.
func readPart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}
