package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DefaultTolerance is how far a signature's time may be from this machine's.
const DefaultTolerance = 5 * time.Minute

// Why a signature is refused. These are for this machine's log: whoever sent it is told nothing of them.
var (
	ErrNoSignature = errors.New("there is no signature")
	ErrMalformed   = errors.New("the signature is not of the form t=MILLISECONDS,s=BASE64")
	ErrStale       = errors.New("the signature's time is too far from this machine's")
	ErrMismatch    = errors.New("no secret gives this signature")
)

// Sign makes the x-knock-signature header of a body: the time in milliseconds, and the HMAC-SHA256 under the secret of
// that time, a dot and the body, in base64.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.UnixMilli(), 10)
	return "t=" + t + ",s=" + base64.StdEncoding.EncodeToString(digest(secret, t, body))
}

// Verify checks an x-knock-signature header against the raw body: nil when one of the secrets gives it and its time is
// within the tolerance of now; 0 is [DefaultTolerance]. Empty secrets count for nothing. The time taken does not depend
// on how much of a signature is right.
func Verify(secrets []string, header string, body []byte, now time.Time, tolerance time.Duration) error {
	if header == "" {
		return ErrNoSignature
	}
	t, sum, err := parseSignature(header)
	if err != nil {
		return err
	}
	if tolerance == 0 {
		tolerance = DefaultTolerance
	}
	milliseconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return ErrMalformed
	}
	if off := now.Sub(time.UnixMilli(milliseconds)); off.Abs() > tolerance {
		return fmt.Errorf("%w: it is %s off", ErrStale, off.Round(time.Second))
	}
	matched := false
	for _, secret := range secrets {
		if secret != "" && hmac.Equal(sum, digest(secret, t, body)) {
			matched = true
		}
	}
	if !matched {
		return ErrMismatch
	}
	return nil
}

const (
	maxTimeDigits = 15 // milliseconds until the year 33658
	encodedSum    = 44 // base64 of the 32 bytes of a SHA-256
)

// parseSignature takes a header apart. Knock writes it one way, so any other is refused: no spaces, no other order, no
// part twice, nothing left over.
func parseSignature(header string) (t string, sum []byte, err error) {
	rest, ok := strings.CutPrefix(header, "t=")
	if !ok || len(header) > len("t=,s=")+maxTimeDigits+encodedSum {
		return "", nil, ErrMalformed
	}
	t, encoded, ok := strings.Cut(rest, ",s=")
	if !ok || t == "" || t[0] == '0' || strings.Trim(t, "0123456789") != "" || len(encoded) != encodedSum {
		return "", nil, ErrMalformed
	}
	// The decoder passes over line breaks; inside 44 characters they would leave too few bytes.
	sum, err = base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(sum) != sha256.Size {
		return "", nil, ErrMalformed
	}
	return t, sum, nil
}

func digest(secret, t string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return mac.Sum(nil)
}
