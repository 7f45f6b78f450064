package ops

import (
	"errors"

	"github.com/knockops/knockops/client"
)

// Unmanaged says, of an error for which the management API cannot be asked at
// all, why that is and what helps against it. Of other errors it says nothing.
func Unmanaged(err error) (why, help string) {
	switch {
	case errors.Is(err, client.ErrNoServiceToken):
		return "this profile has no service token", "make one in Knock's dashboard under Settings > Service tokens, and set KNOCK_SERVICE_TOKEN or the profile's service_token"
	case errors.Is(err, client.ErrNoEnvironment):
		return "it is not known which environment this profile's key belongs to", "name it as environment in the profile, or with --environment"
	}
	return "", ""
}
